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
}
