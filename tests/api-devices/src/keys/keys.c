/* An input device with keys, lights, a wheel and an axis; what happens is asked for
 * through a parameter.
 */
#include <linux/module.h>
#include <linux/input.h>

static int forget;
module_param(forget, int, 0);
static struct input_dev *dev;

static int keys_open(struct input_dev *d)
{
	pr_info("open, %s\n", (char *)input_get_drvdata(d));
	return 0;
}

static void keys_close(struct input_dev *d)
{
	pr_info("close\n");
}

static int keys_event(struct input_dev *d, unsigned int type, unsigned int code, int value)
{
	pr_info("event %u %u %d\n", type, code, value);
	return 0;
}

/* Each letter is an event. */
static int act_set(const char *val, const struct kernel_param *kp)
{
	for (; *val; val++) {
		switch (*val) {
		case 'a':
			input_report_key(dev, KEY_A, 1);
			break;
		case 'A':
			input_report_key(dev, KEY_A, 0);
			break;
		case 'b': /* the device has no such key */
			input_report_key(dev, KEY_B, 1);
			break;
		case 'w':
			input_report_rel(dev, REL_WHEEL, -1);
			break;
		case '0': /* no movement is no event */
			input_report_rel(dev, REL_WHEEL, 0);
			break;
		case 'x':
			input_report_abs(dev, ABS_X, 77);
			break;
		case 'l':
			input_event(dev, EV_LED, LED_CAPSL, 1);
			break;
		case '.':
			input_sync(dev);
			break;
		}
	}
	return 0;
}
static const struct kernel_param_ops act_ops = { .set = act_set };
module_param_cb(act, &act_ops, NULL, 0200);

static int __init keys_init(void)
{
	int r;

	dev = input_allocate_device();
	if (!dev)
		return -ENOMEM;
	dev->name = "test keys";
	dev->phys = "test/input0";
	dev->id.bustype = BUS_HOST;
	dev->id.vendor = 0x1234;
	dev->open = keys_open;
	dev->close = keys_close;
	dev->event = keys_event;
	input_set_drvdata(dev, "with data");
	input_set_capability(dev, EV_KEY, KEY_A);
	input_set_capability(dev, EV_REL, REL_WHEEL);
	input_set_capability(dev, EV_LED, LED_CAPSL);
	input_set_capability(dev, EV_KEY, KEY_CNT);
	input_set_abs_params(dev, ABS_X, 0, 100, 0, 0);
	r = input_register_device(dev);
	if (r)
		input_free_device(dev);
	return r;
}

static void __exit keys_exit(void)
{
	if (!forget)
		input_unregister_device(dev);
}

module_init(keys_init);
module_exit(keys_exit);
MODULE_LICENSE("GPL");
