/* dcache.h - the name by which a file was opened. */
#ifndef _LINUX_DCACHE_H
#define _LINUX_DCACHE_H

#include <linux/types.h>
#include <linux/err.h>
#include <linux/path.h>
#include <linux/string.h>

struct inode;

struct qstr {
	u32 hash;
	u32 len;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	const char *__path;	/* from the root of the process that opened the file */
};

/* Here names are never inside the structure. */
#define d_iname	d_name.name


/* The name lies at the end of the buffer; its beginning is returned. */
static inline char *d_path(const struct path *path, char *buf, int buflen)
{
	int n = strlen(path->dentry->__path) + 1;

	if (n > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buf + buflen - n, path->dentry->__path, n);
}

static inline struct inode *d_inode(const struct dentry *dentry) { return dentry->d_inode; }

#endif
