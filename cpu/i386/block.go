package i386

type fastOp uint16
type runState struct{}
type codeCache struct{}

func (k *codeCache) init(n int)                             {}
func (k *codeCache) invalidate(c *CPU, pa uint32, n uint64) {}
func (k *codeCache) forgetTranslations()                    {}
func (c *CPU) runBlocks(limit uint64)                       { c.stepOne() }
