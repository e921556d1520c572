// SPDX-License-Identifier: GPL-2.0
/*
 * params - one parameter of each kind, printed when the module is loaded.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int count = 1;
module_param(count, int, 0644);
MODULE_PARM_DESC(count, "How many times to greet");

static unsigned int mask = 0xff;
module_param(mask, hexint, 0444);
MODULE_PARM_DESC(mask, "A hexadecimal number");

static bool loud;
module_param(loud, bool, 0644);
MODULE_PARM_DESC(loud, "Greet louder");

static char *whom = "world";
module_param(whom, charp, 0444);
MODULE_PARM_DESC(whom, "Whom to greet");

static char place[16] = "here";
module_param_string(where, place, sizeof(place), 0444);
MODULE_PARM_DESC(where, "The place, up to 15 characters");

static short list[4] = { 1, 2 };
static unsigned int list_len = 2;
module_param_array(list, short, &list_len, 0444);
MODULE_PARM_DESC(list, "Up to four numbers");

static int __init params_init(void)
{
	unsigned int i;
	int n;

	for (n = 0; n < count; n++)
		pr_info("params: hello, %s%s\n", whom, loud ? "!" : "");
	pr_info("params: count=%d mask=%#x loud=%d whom=%s where=%s\n",
		count, mask, loud, whom, place);
	pr_info("params: list has %u:", list_len);
	for (i = 0; i < list_len; i++)
		pr_cont(" %d", list[i]);
	pr_cont("\n");
	return 0;
}

static void __exit params_exit(void)
{
	pr_info("params: unloaded\n");
}

module_init(params_init);
module_exit(params_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("rv86");
MODULE_DESCRIPTION("Parameters of every kind");
