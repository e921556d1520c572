// Package input is input devices of modules, and the event devices through which
// programs read them (Linux 6.6 drivers/input/input.c, evdev.c; linux/input.h,
// Documentation/input).
//
// A driver says in its struct input_dev which events there can be, reports them
// with input_event, and ends each group of them with a SYN_REPORT. What cannot
// happen (a key the device has not, a key that is down going down) is dropped;
// what is left goes, group by group, to everybody who has /dev/input/eventN open.
// A key that stays down repeats, if the device has EV_REP.
//
// Input.mu guards the records; C code never runs under it.
//
// Omitted: other handlers than event devices (the console has no keyboard: its
// terminal is a serial line), multi-touch slots, force feedback, key maps that
// programs change, and the locks that Linux has in struct input_dev.
package input
