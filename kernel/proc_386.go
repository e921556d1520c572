package main

func cpuinfo() string {
	return "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: i686\n" +
		"fpu\t\t: yes\nwp\t\t: yes\nflags\t\t: fpu pse tsc msr cx8 pge cmov mmx fxsr sse sse2\n\n"
}
