package kapi

// References to modules (Linux kernel/module/main.c). A NULL module is the
// kernel itself, which never goes away.
var moduleFuncs = []Func{
	{Name: "try_module_get", Proto: "bool try_module_get(struct module *module)", Call: func(c *Call) uint64 {
		if this := c.Ptr(); this == 0 || c.ModuleGet(this) {
			return 1
		}
		return 0
	}},
	{Name: "__module_get", Proto: "void __module_get(struct module *module)", Call: func(c *Call) uint64 {
		if this := c.Ptr(); this != 0 {
			c.ModuleGet(this)
		}
		return 0
	}},
	{Name: "module_put", Proto: "void module_put(struct module *module)", Call: func(c *Call) uint64 {
		if this := c.Ptr(); this != 0 {
			c.ModulePut(this)
		}
		return 0
	}},
	{Name: "module_refcount", Proto: "int module_refcount(struct module *module)", Call: func(c *Call) uint64 {
		return uint64(int64(c.ModuleRefs(c.Ptr())))
	}},
	{Name: "register_module_notifier", Proto: "int register_module_notifier(struct notifier_block *nb)", Call: func(c *Call) uint64 {
		return c.core().RegisterNotifier(c.Ptr())
	}},
	{Name: "unregister_module_notifier", Proto: "int unregister_module_notifier(struct notifier_block *nb)", Call: func(c *Call) uint64 {
		return c.core().UnregisterNotifier(c.Ptr())
	}},
	{Name: "__symbol_get", GPL: true, Proto: "void *__symbol_get(const char *symbol)", Call: func(c *Call) uint64 {
		return c.core().SymbolGet(c.str(c.Ptr()))
	}},
	{Name: "__symbol_put", Proto: "void __symbol_put(const char *symbol)", Call: func(c *Call) uint64 {
		c.core().SymbolPut(c.str(c.Ptr()))
		return 0
	}},
	{Name: "symbol_put_addr", GPL: true, Proto: "void symbol_put_addr(void *addr)", Call: func(c *Call) uint64 {
		c.core().SymbolPutAddr(c.Ptr())
		return 0
	}},
	{Name: "__request_module", Proto: "int __request_module(bool wait, const char *name, ...)", Call: func(c *Call) uint64 {
		const byteMask = 0xff
		wait := c.Uint()&byteMask != 0
		return c.core().RequestModule(c.format(), wait)
	}},
	{Name: "call_usermodehelper", Proto: "int call_usermodehelper(const char *path, char **argv, char **envp, int wait)", Call: func(c *Call) uint64 {
		path, argv, envp, wait := c.str(c.Ptr()), c.strings(c.Ptr()), c.strings(c.Ptr()), c.Int()
		return c.core().RunProgram(path, argv, envp, int(wait))
	}},
}

// stringsMax bounds a list of strings, as MAX_INIT_ARGS and its kin do not: a
// list without an end faults where the memory ends.
const stringsMax = 1 << 12

// strings reads an array of strings that ends with NULL; a NULL array is empty.
func (c *Call) strings(va uint64) []string {
	var list []string
	for ; va != 0 && len(list) < stringsMax; va += uint64(c.Word) {
		p := c.word(va)
		if p == 0 {
			break
		}
		list = append(list, c.str(p))
	}
	return list
}

// ModuleCore is what these functions need of the module core, beside Env.
// Results are as C has them.
type ModuleCore interface {
	RegisterNotifier(block uint64) uint64
	UnregisterNotifier(block uint64) uint64
	SymbolGet(name string) uint64
	SymbolPut(name string)
	SymbolPutAddr(addr uint64)
	RequestModule(name string, wait bool) uint64
	// RunProgram is call_usermodehelper; wait is one of UMH_*.
	RunProgram(path string, argv, envp []string, wait int) uint64
}

func (c *Call) core() ModuleCore { return c.Env.(ModuleCore) }
