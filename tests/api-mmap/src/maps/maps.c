/* Devices whose files can be mapped, one for each way to do so, right and wrong. */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define PAGES	4

static char *run;		/* adjacent pages */
static char *single[PAGES];	/* pages by themselves; the third is missing */
static char *virt;		/* of vmalloc */
static int areas;

/* In a private area remap_pfn_range makes vm_pgoff the page frame. */
static unsigned long offset(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_SHARED || !(vma->vm_flags & VM_PFNMAP) ? vma->vm_pgoff : 0;
}

static void maps_open(struct vm_area_struct *vma)
{
	areas++;
	pr_info("maps: open %lu pages from %lu, %d areas\n", vma_pages(vma), offset(vma), areas);
}

static void maps_close(struct vm_area_struct *vma)
{
	areas--;
	pr_info("maps: close %lu pages from %lu, %d areas\n", vma_pages(vma), offset(vma), areas);
}

static const struct vm_operations_struct plain_ops = { .open = maps_open, .close = maps_close };

static ssize_t maps_read(struct file *file, char __user *buf, size_t n, loff_t *pos)
{
	return simple_read_from_buffer(buf, n, pos, file->private_data, PAGE_SIZE);
}

static ssize_t maps_write(struct file *file, const char __user *buf, size_t n, loff_t *pos)
{
	return simple_write_to_buffer(file->private_data, PAGE_SIZE, pos, buf, n);
}

/* remap_pfn_range */
static int run_open(struct inode *inode, struct file *file)
{
	file->private_data = run;
	return 0;
}

static int run_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long size = vma->vm_end - vma->vm_start;
	int e;

	pr_info("maps: mmap %lu pages from %lu, flags %lx, prot %lx, file %d\n", vma_pages(vma), vma->vm_pgoff,
		vma->vm_flags & 0xff, pgprot_val(vma->vm_page_prot), vma->vm_file == file);
	if (vma->vm_pgoff + vma_pages(vma) > PAGES)
		return -EINVAL;
	e = remap_pfn_range(vma, vma->vm_start, page_to_pfn(virt_to_page(run)) + vma->vm_pgoff, size, vma->vm_page_prot);
	if (e)
		return e;
	vma->vm_ops = &plain_ops;
	maps_open(vma);
	return 0;
}

/* fault, as scullp has it */
static vm_fault_t page_fault(struct vm_fault *vmf)
{
	char *p = vmf->pgoff < PAGES ? single[vmf->pgoff] : NULL;

	pr_info("maps: fault at page %lu%s, address ok %d\n", vmf->pgoff, vmf->flags & FAULT_FLAG_WRITE ? " for writing" : "",
		vmf->address == vmf->vma->vm_start + ((vmf->pgoff - vmf->vma->vm_pgoff) << PAGE_SHIFT));
	if (!p)
		return VM_FAULT_SIGBUS;
	vmf->page = virt_to_page(p);
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct page_ops = { .open = maps_open, .close = maps_close, .fault = page_fault };

static int page_open(struct inode *inode, struct file *file)
{
	file->private_data = single[0];
	return 0;
}

static int page_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &page_ops;
	maps_open(vma);
	return 0;
}

/* fault that gives its only reference away */
static vm_fault_t give_fault(struct vm_fault *vmf)
{
	unsigned long p = get_zeroed_page(GFP_KERNEL);

	if (!p)
		return VM_FAULT_OOM;
	sprintf((char *)p, "page %lu", vmf->pgoff);
	vmf->page = virt_to_page((void *)p);
	return 0;
}

static const struct vm_operations_struct give_ops = { .fault = give_fault };

static int give_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &give_ops;
	return 0;
}

/* vm_insert_page, in mmap and in fault */
static vm_fault_t insert_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff >= PAGES || !single[vmf->pgoff])
		return VM_FAULT_SIGBUS;
	return vmf_insert_page(vmf->vma, vmf->address, virt_to_page(single[vmf->pgoff]));
}

static const struct vm_operations_struct insert_ops = { .fault = insert_fault };

static int insert_mmap(struct file *file, struct vm_area_struct *vma)
{
	int a = vm_insert_page(vma, vma->vm_start, virt_to_page(single[0]));
	int b = vm_insert_page(vma, vma->vm_start, virt_to_page(single[1]));
	int c = vm_insert_page(vma, vma->vm_end, virt_to_page(single[1]));

	pr_info("maps: inserted %d %d %d\n", a, b, c);
	vma->vm_ops = &insert_ops;
	return a;
}

/* remap_vmalloc_range; the memory is freed while it is mapped */
static int virt_open(struct inode *inode, struct file *file)
{
	file->private_data = virt;
	return 0;
}

static int virt_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_WRITE))
		vm_flags_clear(vma, VM_MAYWRITE);
	return remap_vmalloc_range(vma, virt, vma->vm_pgoff);
}

static long virt_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	vfree(virt);
	virt = vmalloc_user(PAGES * PAGE_SIZE);
	strcpy(virt, "the next owner");
	return 0;
}

#ifdef __riscv
#define KERNEL_PFN	0x80200
#else
#define KERNEL_PFN	0x100
#endif

static int *volatile nowhere;

/* What must be refused, by the number of the page that is asked for. */
static int bad_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long n = vma->vm_end - vma->vm_start;

	switch (vma->vm_pgoff) {
	case 0: /* the kernel itself */
		return remap_pfn_range(vma, vma->vm_start, KERNEL_PFN, n, vma->vm_page_prot);
	case 1: /* behind all memory */
		return remap_pfn_range(vma, vma->vm_start, 0xfffff, n, vma->vm_page_prot);
	case 2: /* more than the area */
		return remap_pfn_range(vma, vma->vm_start, page_to_pfn(virt_to_page(run)), n + PAGE_SIZE, vma->vm_page_prot);
	case 3: /* below it */
		return remap_pfn_range(vma, vma->vm_start - PAGE_SIZE, page_to_pfn(virt_to_page(run)), PAGE_SIZE, vma->vm_page_prot);
	case 4: /* a page that is none */
		return vm_insert_page(vma, vma->vm_start, (struct page *)0x1000);
	case 5: /* an area that is none */
		return remap_pfn_range((struct vm_area_struct *)run, vma->vm_start, page_to_pfn(virt_to_page(run)), n, vma->vm_page_prot);
	case 6: /* more than the block */
		return remap_vmalloc_range(vma, virt, PAGES);
	case 7:
		return remap_pfn_range(vma, vma->vm_start, ~0UL >> 4, n, vma->vm_page_prot);
	case 9:
		*nowhere = 1;
	}
	return 1;
}

/* A program's memory, which may be a mapping of another device's, is copied. */
static long page_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	char text[8] = "";
	unsigned long left = cmd ? copy_to_user((void __user *)arg, "copied", 7) : copy_from_user(text, (void __user *)arg, 7);

	pr_info("maps: %lu left, \"%s\"\n", left, text);
	return 0;
}

#define FILE(n, ...)	\
static const struct file_operations n##_fops = { .owner = THIS_MODULE, .read = maps_read, .write = maps_write, .mmap = n##_mmap, __VA_ARGS__ };	\
static struct miscdevice n##_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "maps-" #n, .fops = &n##_fops }

FILE(run, .open = run_open);
FILE(page, .open = page_open, .unlocked_ioctl = page_ioctl);
FILE(give, .open = page_open);
FILE(insert, .open = page_open);
FILE(virt, .open = virt_open, .unlocked_ioctl = virt_ioctl);
FILE(bad, .open = page_open);

static struct miscdevice *devs[] = { &run_dev, &page_dev, &give_dev, &insert_dev, &virt_dev, &bad_dev };

static int __init maps_init(void)
{
	int i;

	run = (char *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);
	virt = vmalloc_user(PAGES * PAGE_SIZE);
	for (i = 0; i < PAGES; i++) {
		if (i != 2)
			single[i] = (char *)get_zeroed_page(GFP_KERNEL);
		sprintf(run + i * PAGE_SIZE, "run %d", i);
		sprintf(virt + i * PAGE_SIZE, "virt %d", i);
		if (single[i])
			sprintf(single[i], "single %d", i);
	}
	for (i = 0; i < ARRAY_SIZE(devs); i++)
		misc_register(devs[i]);
	return 0;
}

static void __exit maps_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(devs); i++)
		misc_deregister(devs[i]);
	for (i = 0; i < PAGES; i++)
		free_page((unsigned long)single[i]);
	free_pages((unsigned long)run, 2);
	vfree(virt);
	pr_info("maps: gone, %d areas\n", areas);
}

module_init(maps_init);
module_exit(maps_exit);
MODULE_LICENSE("GPL");
