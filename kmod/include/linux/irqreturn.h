/* irqreturn.h - what an interrupt handler says. */
#ifndef _LINUX_IRQRETURN_H
#define _LINUX_IRQRETURN_H

typedef enum irqreturn {
	IRQ_NONE	= 0,	/* not of this device */
	IRQ_HANDLED	= 1,
	IRQ_WAKE_THREAD	= 2,
} irqreturn_t;

#define IRQ_RETVAL(x)	((x) ? IRQ_HANDLED : IRQ_NONE)

#endif
