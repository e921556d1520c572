package kbuild

import "regexp"

// What older texts use and Linux 6.6 no longer has, or never let modules have,
// with what is there instead. (The versions are those of Linux's change log.)
var dropped = map[string]string{
	// Functions.
	"init_timer":             "Linux 4.15 dropped it: timer_setup takes the function, and from_timer finds what the timer is in",
	"setup_timer":            "Linux 4.15 dropped it: timer_setup takes the function, and from_timer finds what the timer is in",
	"create_proc_entry":      "Linux 3.10 dropped it: proc_create takes a struct proc_ops",
	"create_proc_read_entry": "Linux 3.10 dropped it: proc_create takes a struct proc_ops, proc_create_single a function that shows",
	"do_gettimeofday":        "Linux 5.0 dropped it: ktime_get_real_ts64 fills a struct timespec64",
	"getnstimeofday":         "Linux 5.6 dropped it: ktime_get_real_ts64 fills a struct timespec64",
	"current_kernel_time":    "Linux 5.0 dropped it: ktime_get_coarse_real_ts64 fills a struct timespec64",
	"timespec_sub":           "Linux 5.6 dropped struct timespec: ktime_sub subtracts times in nanoseconds",
	"get_seconds":            "Linux 5.1 dropped it: ktime_get_real_seconds",
	"interruptible_sleep_on": "Linux 3.15 dropped it: wait_event_interruptible sleeps until a condition holds",
	"sleep_on":               "Linux 3.15 dropped it: wait_event sleeps until a condition holds",
	"init_MUTEX":             "Linux 2.6.37 dropped it: sema_init(sem, 1), or a struct mutex",
	"daemonize":              "Linux 3.8 dropped it: kthread_run makes a thread",
	"kernel_thread":          "modules cannot call it: kthread_run makes a thread",
	"device_create_drvdata":  "Linux 2.6.28 dropped it: device_create has that argument",
	"class_device_create":    "Linux 2.6.26 dropped it: device_create",
	"alloc_disk":             "Linux 5.15 dropped it: blk_mq_alloc_disk makes the disk and its queue",
	"blk_init_queue":         "Linux 5.0 dropped it: blk_mq_alloc_disk makes the disk and its queue",
	"check_disk_change":      "Linux 5.10 dropped it, and a disk of modules cannot be changed",
	"open_softirq":           "modules cannot have a softirq of their own: a tasklet runs in one",
	"raise_softirq":          "modules cannot have a softirq of their own: a tasklet runs in one",
	"remap_page_range":       "Linux 2.6.11 dropped it: remap_pfn_range takes the number of a page frame",
	"vm_insert_pfn":          "Linux 4.20 dropped it: vmf_insert_pfn has fault's result",
	"prepare_creds":          "modules cannot change who a process is: there is no prepare_creds",
	"commit_creds":           "modules cannot change who a process is: there is no commit_creds",
	"probe_irq_on":           "interrupt lines are not probed: the board's are in /proc/interrupts and ARCHITECTURE.md",
	"vfs_read":               "Linux 4.14 took it away from modules: kernel_read",
	"vfs_write":              "Linux 4.14 took it away from modules: kernel_write",
	"set_task_state":         "Linux 4.11 dropped it: a task sets its own state, with set_current_state",
	"mm_segment_t":           "Linux 5.18 dropped it: kernel_read and kernel_write take the kernel's own buffers",
	"get_fs":                 "Linux 5.18 dropped it: kernel_read and kernel_write take the kernel's own buffers",
	"set_fs":                 "Linux 5.18 dropped it: kernel_read and kernel_write take the kernel's own buffers",
	"tasks":                  "processes are in no list here: for_each_process walks them",
	"struct mm_struct":       "a process' memory cannot be looked at from modules",
	"sys_open":               "Linux does not let modules make system calls: filp_open",
	"register_filesystem":    "modules cannot add file systems here",
	// Functions of file systems.
	"generic_file_read_iter":  "it reads files of a file system: a device's read_iter has copy_to_iter",
	"generic_file_write_iter": "it writes files of a file system: a device's write_iter has copy_from_iter",
	// Headers.
	"linux/config.h":          "Linux 2.6.19 dropped it: leave the line out",
	"linux/smp_lock.h":        "Linux 2.6.39 dropped it: leave the line out",
	"linux/autoconf.h":        "Linux has it elsewhere, and the compiler includes it: leave the line out",
	"linux/modversions.h":     "Linux 2.6 dropped it: leave the line out",
	"linux/devfs_fs_kernel.h": "Linux 2.6.18 dropped it: class_create and device_create make nodes in /dev",
	"asm/system.h":            "Linux 3.4 dropped it: leave the line out",
	"asm/segment.h":           "Linux 5.18 dropped it: linux/uaccess.h",
	"linux/input-polldev.h":   "Linux 5.10 dropped it",
	"asm/fpu/api.h":           "modules cannot use floating point here: no program's registers are saved for them",
	"linux/i2c.h":             "the boards have no I2C bus",
	"linux/spi/spi.h":         "the boards have no SPI bus",
	"linux/pci.h":             "the boards have no PCI bus for modules",
	"linux/usb.h":             "the boards have no USB",
	"linux/usb/input.h":       "the boards have no USB",
	"linux/netfilter.h":       "there is no network",
	"linux/netdevice.h":       "there is no network",
	"linux/netlink.h":         "there is no network: a device's ioctl, or a file in /proc or /sys, reaches a program",
	"net/sock.h":              "there is no network: a device's ioctl, or a file in /proc or /sys, reaches a program",
	"linux/of_gpio.h":         "no node of the boards' device trees names a pin: linux/gpio.h has them by number",
	// Members of structures.
	"default_attrs":   "Linux 5.18 dropped it: .default_groups, with ATTRIBUTE_GROUPS",
	"fault_handler":   "Linux 5.14 dropped it: probes have no handler of faults",
	"media_changed":   "Linux 5.10 dropped it: .check_events",
	"revalidate_disk": "Linux 5.13 dropped it",
	"class_attrs":     "Linux 4.12 dropped it: .class_groups",
	"dev_attrs":       "Linux 3.13 dropped it: .dev_groups",
	"bus_attrs":       "Linux 3.12 dropped it: .bus_groups",
	"drv_attrs":       "Linux 3.12 dropped it: .drv_groups",
	"ioctl":           "Linux 2.6.36 dropped it: .unlocked_ioctl, without the inode",
	"nopage":          "Linux 2.6.30 dropped it: .fault gives the page in vmf->page",
	"vm_flags":        "Linux 6.3 made it read-only: vm_flags_set and vm_flags_clear change it",
	"aio_read":        "Linux 4.1 dropped it: .read_iter",
	"aio_write":       "Linux 4.1 dropped it: .write_iter",
	// Members of a thread.
	"nvcsw":   "switches and page faults of a thread are not counted here",
	"min_flt": "switches and page faults of a thread are not counted here",
	// Types.
	"struct page":     "a page is known by its address here: page_address and page_to_pfn tell of it, and it has no members",
	"struct timespec": "Linux 5.6 dropped it: struct timespec64",
	"struct timeval":  "Linux 5.6 dropped it: struct timespec64",
	// Names.
	"VM_RESERVED":        "Linux 3.7 dropped it: VM_DONTEXPAND | VM_DONTDUMP",
	"NOPAGE_SIGBUS":      "Linux 2.6.30 dropped .nopage: .fault returns VM_FAULT_SIGBUS",
	"VERIFY_READ":        "Linux 5.0 dropped it: access_ok takes an address and a size",
	"VERIFY_WRITE":       "Linux 5.0 dropped it: access_ok takes an address and a size",
	"SPIN_LOCK_UNLOCKED": "Linux 2.6.39 dropped it: DEFINE_SPINLOCK",
	"SA_INTERRUPT":       "Linux 2.6.24 dropped it: leave the flag out",
	"SA_SHIRQ":           "Linux 2.6.24 dropped it: IRQF_SHARED",
	"IRQF_DISABLED":      "Linux 4.1 dropped it: leave the flag out",
}

// portFunctions reach I/O ports, which only the PC has.
var portFunctions = regexp.MustCompile(`^(?:in|out)s?[bwl](?:_p)?$`)

// complaints are how gcc and clang name what they miss, each with the name.
var complaints = []*regexp.Regexp{
	noHeader, noDeclaration,
	regexp.MustCompile(`no member named '(\w+)'`),
	regexp.MustCompile(`assignment of read-only member '(\w+)'`),
	regexp.MustCompile(`cannot assign to non-static data member '(\w+)' with const-qualified type`),
	regexp.MustCompile(`unknown type name '(\w+)'`),
	regexp.MustCompile(`field designator '(\w+)' does not`),
	regexp.MustCompile(`'(\w+)' undeclared`),
	regexp.MustCompile(`use of undeclared identifier '(\w+)'`),
	regexp.MustCompile(`(?:undefined|incomplete)(?: definition of)? type '(struct \w+)'`),
	regexp.MustCompile(`(?:call to undeclared function|undeclared function) '(\w+)'`),
}

// memberJiffies is a structure with a member named as the macro.
var memberJiffies = regexp.MustCompile(`field '__jiffies' declared as a function`)

// worldWritable is a parameter's permissions that Linux refuses, too.
var worldWritable = regexp.MustCompile(`(?s)negative (?:bit-field )?width.*VERIFY_OCTAL_PERMISSIONS`)

// droppedHint explains what Linux no longer has; "" if it is not that.
func droppedHint(words string) string {
	if memberJiffies.MatchString(words) {
		return "jiffies is a macro here: give the member of the structure another name"
	}
	if worldWritable.MatchString(words) {
		return "a parameter that everybody may write, or others may read and the owner not, is refused: 0644 is usual"
	}
	for _, complaint := range complaints {
		for _, found := range complaint.FindAllStringSubmatch(words, -1) {
			if why := dropped[found[1]]; why != "" {
				return found[1] + ": " + why
			}
		}
	}
	return ""
}
