/* Every kind of reference a compiler makes: calls near and far, tail calls,
 * data of each section, tables of pointers, switch tables, weak symbols.
 */
typedef unsigned long ulong;

extern int far_call(int, ...);
extern int far_var;
extern const char *far_string;
extern int weak_missing(void) __attribute__((weak));
extern int (*const far_table[])(int);

static int zero[300];
int common_like;
static int counter = 7;
const int table[] = { 1, 2, 3, 5, 8, 13 };
static const char *const names[] = { "alpha", "beta", "alpha beta", "beta" };
int *const pointers[] = { &counter, &common_like, &zero[17], (int *)&table[2], &far_var };

int __attribute__((noinline)) leaf(int x) { return x * 3 + counter; }
static int __attribute__((noinline)) tail(int x) { return far_call(x + 1); }
int (*functions[])(int) = { leaf, tail, (int (*)(int))far_call };

int choose(int x)
{
	switch (x) {
	case 0: return leaf(11);
	case 1: return far_call(1, names[0]);
	case 2: return 35 + zero[x];
	case 3: return far_call(3, names[3]);
	case 4: return far_var;
	case 5: return table[x];
	case 6: return far_call(6, far_string);
	case 7: return tail(71);
	case 8: return weak_missing ? 1 : 2;
	case 9: return far_table[x](x);
	default: return -1;
	}
}

__attribute__((section(".init.text"))) int init_module(void)
{
	int i, sum = 0;

	for (i = 0; i < 300; i++) {
		zero[i] = i;
		if (i % 7 == 3)
			sum += choose(i % 11);
		else if (i & 1)
			sum -= functions[i % 3](i);
		far_var += zero[300 - i - 1];
	}
	return sum + (int)(ulong)&far_var;
}

__attribute__((section(".exit.text"))) void cleanup_module(void)
{
	static ulong once;

	if (!once++)
		far_call(counter, "bye", *pointers[1], once);
	asm volatile("" ::: "memory");
}

/* Long enough that compressed branches do not reach. */
int branches(int x, int y)
{
	int i;

#define STEP if (x > y) { y += far_call(x); } else if (y > x + 3) { x -= leaf(y); } else { x ^= y << 3; }
	for (i = 0; i < x; i++) {
		STEP STEP STEP STEP STEP STEP STEP STEP STEP STEP
		if (x == 1234)
			break;
	}
	return x + y;
}
