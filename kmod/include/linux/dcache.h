/* dcache.h - the name by which a file was opened. */
#ifndef _LINUX_DCACHE_H
#define _LINUX_DCACHE_H

#include <linux/types.h>

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
};

static inline struct inode *d_inode(const struct dentry *dentry) { return dentry->d_inode; }

#endif
