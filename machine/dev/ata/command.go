package ata

import "encoding/binary"

// command starts a command. Every command ends with a call of done, fail or
// transfer.
func (c *Channel) command(cmd uint8) {
	c.buf, c.err = nil, 0
	switch cmd {
	case cmdReadSectors, cmdReadSectorsOld:
		c.start(false, 1, false)
	case cmdReadSectorsExt:
		c.start(false, 1, true)
	case cmdReadMultiple, cmdReadMultipleExt:
		c.start(false, c.multiple, cmd == cmdReadMultipleExt)
	case cmdWriteSectors, cmdWriteSectorsOld:
		c.start(true, 1, false)
	case cmdWriteExt:
		c.start(true, 1, true)
	case cmdWriteMultiple, cmdWriteMultiExt:
		c.start(true, c.multiple, cmd == cmdWriteMultiExt)
	case cmdVerify, cmdVerifyExt:
		if lba, n := c.address(cmd == cmdVerifyExt); c.inside(lba, n) {
			c.done()
		} else {
			c.fail(errorIDNF)
		}
	case cmdIdentify:
		c.buf, c.pos, c.left, c.writing = c.identify(), 0, 0, false
		c.status = statusDRDY | statusDSC | statusDRQ
		c.interrupt(true)
	case cmdSetMultiple:
		n := int(c.count[0])
		if n > maxMultiple || n&(n-1) != 0 {
			c.fail(errorABRT)
			return
		}
		c.multiple = n
		c.done()
	case cmdFlush, cmdFlushExt:
		if c.disk.Sync() != nil {
			c.fail(errorUNC)
			return
		}
		c.done()
	case cmdDiagnose:
		c.Reset()
		c.interrupt(true)
	case cmdSetFeatures, cmdInitParams, cmdRecalibrate, cmdSeek:
		c.done()
	default: // NOP too: 8.19 says that it aborts
		c.fail(errorABRT)
	}
}

func (c *Channel) done() {
	c.buf = nil
	c.status = statusDRDY | statusDSC
	c.interrupt(true)
}

func (c *Channel) fail(err uint8) {
	c.buf, c.err = nil, err
	c.status = statusDRDY | statusDSC | statusERR
	c.interrupt(true)
}

// address is what the registers say: the first sector and how many.
func (c *Channel) address(ext bool) (lba, n uint64) {
	switch {
	case ext:
		lba = uint64(c.low[0]) | uint64(c.mid[0])<<8 | uint64(c.high[0])<<16 |
			uint64(c.low[1])<<24 | uint64(c.mid[1])<<32 | uint64(c.high[1])<<40
		if n = uint64(c.count[1])<<8 | uint64(c.count[0]); n == 0 {
			n = 1 << 16
		}
		return lba, n
	case c.device&deviceLBA != 0:
		lba = uint64(c.low[0]) | uint64(c.mid[0])<<8 | uint64(c.high[0])<<16 | uint64(c.device&headMask)<<24
	default: // cylinder, head, sector; sectors count from 1
		cyl, head := uint64(c.high[0])<<8|uint64(c.mid[0]), uint64(c.device&headMask)
		lba = (cyl*heads+head)*perTrack + uint64(c.low[0]) - 1
	}
	if n = uint64(c.count[0]); n == 0 {
		n = 1 << 8
	}
	return lba, n
}

func (c *Channel) inside(lba, n uint64) bool {
	return lba < c.sectors() && n <= c.sectors()-lba
}

// start begins a transfer of blocks of the given number of sectors.
func (c *Channel) start(write bool, block int, ext bool) {
	lba, n := c.address(ext)
	switch {
	case block == 0, write && c.disk.ReadOnly():
		c.fail(errorABRT)
		return
	case !c.inside(lba, n):
		c.fail(errorIDNF)
		return
	}
	c.lba, c.left, c.block, c.writing = lba, n, block, write
	c.next()
	// The first block of a write is asked for without an interrupt (9.7).
	if write {
		c.interrupt(false)
	}
}

// next prepares the block that follows.
func (c *Channel) next() {
	n := min(uint64(c.block), c.left)
	c.buf, c.pos = make([]byte, n*sectorSize), 0
	c.left -= n
	if !c.writing {
		if _, err := c.disk.ReadAt(c.buf, int64(c.lba*sectorSize)); err != nil {
			c.fail(errorUNC)
			return
		}
		c.lba += n
	}
	c.status = statusDRDY | statusDSC | statusDRQ
	c.interrupt(true)
}

// finish is called when the host has moved the last byte of a block.
func (c *Channel) finish() {
	if c.writing {
		if _, err := c.disk.WriteAt(c.buf, int64(c.lba*sectorSize)); err != nil {
			c.fail(errorUNC)
			return
		}
		c.lba += uint64(len(c.buf) / sectorSize)
	}
	switch {
	case c.left > 0:
		c.next()
	case c.writing:
		c.done()
	default: // the last block of a read was announced by the interrupt before it
		c.buf = nil
		c.status = statusDRDY | statusDSC
	}
}

func (c *Channel) readData(size int) uint64 {
	if c.absent() || c.buf == nil || c.writing {
		return 0
	}
	var word [8]byte
	c.pos += copy(word[:size], c.buf[c.pos:])
	if c.pos == len(c.buf) {
		c.finish()
	}
	return binary.LittleEndian.Uint64(word[:])
}

func (c *Channel) writeData(size int, v uint64) {
	if c.absent() || c.buf == nil || !c.writing {
		return
	}
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:], v)
	c.pos += copy(c.buf[c.pos:], word[:size])
	if c.pos == len(c.buf) {
		c.finish()
	}
}

// identify is the answer to IDENTIFY DEVICE (8.15, table 27). Words that are
// not set are zero.
func (c *Channel) identify() []byte {
	b := make([]byte, sectorSize)
	word := func(n int, v uint16) { binary.LittleEndian.PutUint16(b[2*n:], v) }
	long := func(n int, v uint64) { word(n, uint16(v)); word(n+1, uint16(v>>16)) }
	text := func(n, words int, s string) { // two characters a word, the first one high
		for i := range 2 * words {
			ch := byte(' ')
			if i < len(s) {
				ch = s[i]
			}
			b[2*n+i^1] = ch
		}
	}
	total := c.sectors()
	word(0, 1<<6) // fixed disk
	word(1, uint16(min(total/(heads*perTrack), maxCylinder)))
	word(3, heads)
	word(6, perTrack)
	text(10, 10, c.serial)
	text(23, 4, "1")
	text(27, 20, "rv86 disk")
	word(47, 0x8000|maxMultiple)
	word(49, 1<<9) // LBA
	word(53, 1)
	word(54, uint16(min(total/(heads*perTrack), maxCylinder)))
	word(55, heads)
	word(56, perTrack)
	long(57, min(total/(heads*perTrack), maxCylinder)*heads*perTrack)
	if c.multiple > 0 {
		word(59, 1<<8|uint16(c.multiple))
	}
	long(60, min(total, lba28Limit-1))
	word(80, 1<<6)                    // ATA/ATAPI-6
	word(83, 1<<14|1<<10|1<<12|1<<13) // 48-bit addresses, FLUSH CACHE (EXT)
	word(84, 1<<14)
	word(86, 1<<10|1<<12|1<<13)
	word(87, 1<<14)
	long(100, total)
	long(102, total>>32)
	return b
}
