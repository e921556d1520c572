package seqfile

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/uaccess"
	"rv86/kmod/kapi"
)

// Exports are the functions.
func (s *Seqs) Exports() []kapi.Func {
	return append(s.fileFuncs(), append(s.writeFuncs(), s.listFuncs()...)...)
}

func (s *Seqs) fileFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "seq_open", Proto: "int seq_open(struct file *file, const struct seq_operations *op)", Call: func(c *kapi.Call) uint64 {
			if s.open(c, c.Ptr(), c.Ptr()) == 0 {
				return lkm.Fail(abi.ENOMEM)
			}
			return 0
		}},
		{Name: "seq_read", Proto: "ssize_t seq_read(struct file *file, char *buf, size_t size, loff_t *ppos)", Call: s.read},
		{Name: "seq_read_iter", Proto: "ssize_t seq_read_iter(struct kiocb *iocb, struct iov_iter *iter)", Call: s.readIter},
		{Name: "seq_lseek", Proto: "loff_t seq_lseek(struct file *file, loff_t offset, int whence)", Call: s.lseek},
		{Name: "seq_release", Proto: "int seq_release(struct inode *inode, struct file *file)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			s.close(c.Ptr())
			return 0
		}},
		{Name: "single_open", Proto: "int single_open(struct file *file, int (*show)(struct seq_file *m, void *v), void *data)", Call: func(c *kapi.Call) uint64 {
			return s.singleOpen(c, c.Ptr(), c.Ptr(), c.Ptr(), 0)
		}},
		{Name: "single_open_size", Proto: "int single_open_size(struct file *file, int (*show)(struct seq_file *m, void *v), void *data, size_t size)", Call: func(c *kapi.Call) uint64 {
			return s.singleOpen(c, c.Ptr(), c.Ptr(), c.Ptr(), c.Ulong())
		}},
		{Name: "single_release", Proto: "int single_release(struct inode *inode, struct file *file)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			file := c.Ptr()
			ops := s.of(file).Get("op")
			s.close(file)
			c.Free(ops)
			return 0
		}},
		{Name: "__seq_open_private", Proto: "void *__seq_open_private(struct file *file, const struct seq_operations *op, int psize)", Call: func(c *kapi.Call) uint64 {
			return s.openPrivate(c)
		}},
		{Name: "seq_open_private", Proto: "int seq_open_private(struct file *file, const struct seq_operations *op, int psize)", Call: func(c *kapi.Call) uint64 {
			if s.openPrivate(c) == 0 {
				return lkm.Fail(abi.ENOMEM)
			}
			return 0
		}},
		{Name: "seq_release_private", Proto: "int seq_release_private(struct inode *inode, struct file *file)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			file := c.Ptr()
			if p := s.of(file).Get("private"); p != 0 {
				c.Free(p)
			}
			s.close(file)
			return 0
		}},
		// What single_open's operations are.
		{Name: "single_start", Proto: "void *single_start(struct seq_file *m, loff_t *pos)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			if cstruct.Get(s.core, c.Ptr(), 8) == 0 {
				return startToken
			}
			return 0
		}},
		{Name: "single_next", Proto: "void *single_next(struct seq_file *m, void *v, loff_t *pos)", Call: func(c *kapi.Call) uint64 {
			c.Ptr()
			c.Ptr()
			pos := c.Ptr()
			cstruct.Put(s.core, pos, 8, cstruct.Get(s.core, pos, 8)+1)
			return 0
		}},
		{Name: "single_stop", Proto: "void single_stop(struct seq_file *m, void *v)", Call: func(*kapi.Call) uint64 { return 0 }},
	}
}

func (s *Seqs) read(c *kapi.Call) uint64 {
	file, buf, size, ppos := c.Ptr(), c.Ptr(), c.Ulong(), c.Ptr()
	m := s.of(file)
	defer s.lock(m.Addr)()
	pos := cstruct.Get(s.core, ppos, 8)
	done := uint64(0)
	n, e := s.begin(c, m).read(&pos, &target{size, func(from, n uint64) uint64 {
		n -= uaccess.Out(c, buf+done, from, n)
		done += n
		return n
	}})
	if e != 0 {
		return lkm.Fail(e)
	}
	cstruct.Put(s.core, ppos, 8, pos)
	return n
}

func (s *Seqs) readIter(c *kapi.Call) uint64 {
	cb, it := cfile.KIOCB.At(s.core, c.Ptr()), cfile.IovIter.At(s.core, c.Ptr())
	m := s.of(cb.Get("ki_filp"))
	defer s.lock(m.Addr)()
	pos := cb.Get("ki_pos")
	n, e := s.begin(c, m).read(&pos, &target{it.Get("count"), func(from, n uint64) uint64 {
		off := it.Get("iov_offset")
		n -= uaccess.Out(c, it.Get("ubuf")+off, from, n)
		it.Set("iov_offset", off+n)
		it.Set("count", it.Get("count")-n)
		return n
	}})
	if e != 0 {
		return lkm.Fail(e)
	}
	cb.Set("ki_pos", pos)
	return n
}

func (s *Seqs) lseek(c *kapi.Call) uint64 {
	file, off, whence := c.Ptr(), int64(c.Ulonglong()), c.Int()
	f, m := cfile.CFile.At(s.core, file), s.of(file)
	defer s.lock(m.Addr)()
	switch whence {
	case abi.SEEK_SET:
	case abi.SEEK_CUR:
		off += int64(f.Get("f_pos"))
	default:
		return lkm.Fail(abi.EINVAL)
	}
	if off < 0 {
		return lkm.Fail(abi.EINVAL)
	}
	if uint64(off) != m.Get("read_pos") {
		r := s.begin(c, m)
		if e := r.seek(uint64(off)); e != 0 {
			f.Set("f_pos", 0)
			r.reset()
			return lkm.Fail(e)
		}
		m.Set("read_pos", uint64(off))
	}
	f.Set("f_pos", uint64(off))
	return uint64(off)
}

func (s *Seqs) singleOpen(c *kapi.Call, file, show, data, size uint64) uint64 {
	ops := c.Alloc(Ops.Size(s.core))
	if ops == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	o := Ops.At(s.core, ops)
	for _, name := range []string{"start", "next", "stop"} {
		o.Set(name, s.export("single_"+name))
	}
	o.Set("show", show)
	m := s.open(c, file, ops)
	if m == 0 {
		s.core.Free(ops)
		return lkm.Fail(abi.ENOMEM)
	}
	v := Seq.At(s.core, m)
	v.Set("private", data)
	if size > 0 && !(&run{s: s, m: v}).buffer(size) {
		s.close(file)
		s.core.Free(ops)
		return lkm.Fail(abi.ENOMEM)
	}
	return 0
}

// openPrivate opens with cleared memory for the driver; 0 if there is none.
func (s *Seqs) openPrivate(c *kapi.Call) uint64 {
	file, ops, size := c.Ptr(), c.Ptr(), c.Int()
	if size < 0 || size > sizeMax {
		return 0
	}
	p := c.Alloc(uint64(max(size, 1)))
	if p == 0 {
		return 0
	}
	clear(c.Slice(p, uint64(size)))
	m := s.open(c, file, ops)
	if m == 0 {
		c.Free(p)
		return 0
	}
	Seq.At(s.core, m).Set("private", p)
	return p
}

// add writes text at the end of the buffer. One that leaves no room for a NUL
// marks the buffer as full: it will be made again.
func (s *Seqs) add(m uint64, text string) bool {
	v := Seq.At(s.core, m)
	count, size := v.Get("count"), v.Get("size")
	if count+uint64(len(text)) >= size {
		v.Set("count", size)
		return false
	}
	cstruct.PutString(s.core, v.Get("buf")+count, text)
	v.Set("count", count+uint64(len(text)))
	return true
}

func (s *Seqs) writeFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "seq_printf", Proto: "void seq_printf(struct seq_file *m, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			s.add(c.Ptr(), c.Text())
			return 0
		}},
		{Name: "seq_vprintf", Proto: "void seq_vprintf(struct seq_file *m, const char *fmt, __builtin_va_list args)", Call: func(c *kapi.Call) uint64 {
			s.add(c.Ptr(), c.TextV())
			return 0
		}},
		{Name: "seq_puts", Proto: "void seq_puts(struct seq_file *m, const char *s)", Call: func(c *kapi.Call) uint64 {
			s.add(c.Ptr(), c.Str(c.Ptr()))
			return 0
		}},
		{Name: "seq_putc", Proto: "void seq_putc(struct seq_file *m, char c)", Call: func(c *kapi.Call) uint64 {
			s.add(c.Ptr(), string([]byte{byte(c.Int())}))
			return 0
		}},
		{Name: "seq_write", Proto: "int seq_write(struct seq_file *seq, const void *data, size_t len)", Call: func(c *kapi.Call) uint64 {
			m, data, n := c.Ptr(), c.Ptr(), c.Ulong()
			if !s.add(m, string(c.Slice(data, n))) {
				return ^uint64(0)
			}
			return 0
		}},
		{Name: "seq_put_decimal_ull", Proto: "void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num)", Call: func(c *kapi.Call) uint64 {
			m, d := c.Ptr(), s.delimiter(c)
			s.add(m, fmt.Sprintf("%s%d", d, c.Ulonglong()))
			return 0
		}},
		{Name: "seq_put_decimal_ll", Proto: "void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long num)", Call: func(c *kapi.Call) uint64 {
			m, d := c.Ptr(), s.delimiter(c)
			s.add(m, fmt.Sprintf("%s%d", d, int64(c.Ulonglong())))
			return 0
		}},
		{Name: "seq_put_hex_ll", Proto: "void seq_put_hex_ll(struct seq_file *m, const char *delimiter, unsigned long long v, unsigned int width)", Call: func(c *kapi.Call) uint64 {
			m, d, v := c.Ptr(), s.delimiter(c), c.Ulonglong()
			const widthMax = 16
			s.add(m, fmt.Sprintf("%s%0*x", d, min(c.Uint(), widthMax), v))
			return 0
		}},
		{Name: "seq_escape", Proto: "void seq_escape(struct seq_file *m, const char *s, const char *esc)", Call: func(c *kapi.Call) uint64 {
			m, text, esc := c.Ptr(), c.Str(c.Ptr()), c.Str(c.Ptr())
			var b strings.Builder
			for _, ch := range []byte(text) {
				if strings.IndexByte(esc, ch) >= 0 {
					fmt.Fprintf(&b, "\\%03o", ch)
				} else {
					b.WriteByte(ch)
				}
			}
			s.add(m, b.String())
			return 0
		}},
		{Name: "seq_pad", Proto: "void seq_pad(struct seq_file *m, char c)", Call: func(c *kapi.Call) uint64 {
			m, ch := c.Ptr(), byte(c.Int())
			v := Seq.At(s.core, m)
			text := ""
			if until, count := v.Get("pad_until"), v.Get("count"); until > count {
				text = strings.Repeat(" ", int(min(until-count, pageSize)))
			}
			if ch != 0 {
				text += string([]byte{ch})
			}
			s.add(m, text)
			return 0
		}},
	}
}

// delimiter reads a string argument that may be NULL.
func (s *Seqs) delimiter(c *kapi.Call) string {
	if p := c.Ptr(); p != 0 {
		return c.Str(p)
	}
	return ""
}

func (s *Seqs) listFuncs() []kapi.Func {
	return []kapi.Func{
		{Name: "seq_list_start", Proto: "struct list_head *seq_list_start(struct list_head *head, loff_t pos)", Call: func(c *kapi.Call) uint64 {
			return s.nth(c.Ptr(), c.Ulonglong())
		}},
		{Name: "seq_list_start_head", Proto: "struct list_head *seq_list_start_head(struct list_head *head, loff_t pos)", Call: func(c *kapi.Call) uint64 {
			head, pos := c.Ptr(), c.Ulonglong()
			if pos == 0 {
				return head
			}
			return s.nth(head, pos-1)
		}},
		{Name: "seq_list_next", Proto: "struct list_head *seq_list_next(void *v, struct list_head *head, loff_t *ppos)", Call: func(c *kapi.Call) uint64 {
			v, head, ppos := c.Ptr(), c.Ptr(), c.Ptr()
			cstruct.Put(s.core, ppos, 8, cstruct.Get(s.core, ppos, 8)+1)
			if next := cstruct.Word(s.core, v); next != head {
				return next
			}
			return 0
		}},
	}
}

// nth gives an entry of a list, 0 behind its end.
func (s *Seqs) nth(head, pos uint64) uint64 {
	for e := cstruct.Word(s.core, head); e != head; e = cstruct.Word(s.core, e) {
		if pos == 0 {
			return e
		}
		pos--
	}
	return 0
}
