// Package vmfile keeps a machine in a file: all of its state at one time, and,
// in a recording, what the world outside did to it after that. A file needs
// nothing else to be run on: no images, no other files, no particular host.
//
//	8 bytes   magic
//	4         version, little-endian
//	...       a zstd stream of:
//	            a header in JSON                (length 4, text)
//	            the images a reset starts from  (length 8, package state)
//	            the state of all but RAM        (length 8, package state)
//	            pages of RAM that are not zero  (number 4, page; 0xffffffff at the end)
//	            the journal                     (number 4, events; 32 bytes each)
//	            the result in JSON              (length 4, text)
//	32        SHA-256 of everything before
package vmfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"rv86/cpu/state"
	"rv86/machine"
)

const (
	magic   = "rv86vm\r\n"
	version = 1

	pageSize = 4096
	endPages = ^uint32(0)

	// Bounds of what a file may make its reader keep.
	maxJSON   = 1 << 20
	maxState  = 1 << 24
	maxEvents = 1 << 22
	maxImages = 1 << 30

	// window is how far back the compression looks: the images are in RAM, too.
	window = 32 << 20
)

// Header says what machine a file is of.
type Header struct {
	Arch   string
	Memory uint64
	Slot   uint64 // the machine's time
	BIOS   uint64 `json:",omitempty"` // size of a BIOS ROM
	// Drives and Wires are the command line's --drive and --gpio.
	Drives []string `json:",omitempty"`
	Wires  []string `json:",omitempty"`
	// Realtime says that the run after this was paced by the wall clock.
	Realtime bool   `json:",omitempty"`
	MaxInsns uint64 `json:",omitempty"`
	// Command is how the machine was started, for people.
	Command []string `json:",omitempty"`
	// Images are the SHA-256 of the files it was started from, for people.
	Images map[string]string `json:",omitempty"`
	// Files are the host's files that were put into the guest, for a debugger's
	// symbols: the guest has their contents in memory.
	Files []HostFile `json:",omitempty"`
}

// HostFile is a file that the command line gave to the guest.
type HostFile struct {
	Option string // module or file
	Spec   string // as it was given
	Sum    string // SHA-256
}

// Result is how a recording ends.
type Result struct {
	Known     uint64 // the last moment that the journal decides
	Slot      uint64
	Status    int
	Reason    string `json:",omitempty"`
	StateHash string
}

// File is a file that was read.
type File struct {
	Header  Header
	Events  []machine.Event
	Result  *Result // nil: it is no recording
	images  []byte
	state   []byte
	pages   []int32 // numbers; contents are in data, in the same order
	content []byte
}

// Writer writes a file in two steps: the state now, the rest later.
type Writer struct {
	out io.Writer
	sum hash.Hash
	z   *zstd.Encoder
}

// NewWriter writes the state of the machine that r runs.
func NewWriter(w io.Writer, r *machine.Runner, h Header) (*Writer, error) {
	images, all := state.Saver(), state.Saver()
	r.Images(images)
	r.State(all)
	if err := errors.Join(images.Err(), all.Err()); err != nil {
		return nil, fmt.Errorf("save the machine: %w", err)
	}
	h.Slot = r.Core().Insns()
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	v := &Writer{out: w, sum: sha256.New()}
	both := io.MultiWriter(w, v.sum)
	if _, err := both.Write(binary.LittleEndian.AppendUint32([]byte(magic), version)); err != nil {
		return nil, err
	}
	if v.z, err = zstd.NewWriter(both, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	v.block32(text)
	v.block64(images.Saved())
	v.block64(all.Saved())
	ram, _ := r.RAM()
	var zero [pageSize]byte
	for off := 0; off < len(ram); off += pageSize {
		if p := ram[off : off+pageSize]; !bytes.Equal(p, zero[:]) {
			v.u32(uint32(off / pageSize))
			v.z.Write(p)
		}
	}
	v.u32(endPages)
	return v, nil
}

// A write to the encoder that fails makes its Close fail, so errors are looked
// at there.

func (v *Writer) u32(n uint32) { v.z.Write(binary.LittleEndian.AppendUint32(nil, n)) }

func (v *Writer) block32(b []byte) {
	v.u32(uint32(len(b)))
	v.z.Write(b)
}

func (v *Writer) block64(b []byte) {
	v.z.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
	v.z.Write(b)
}

// Close writes the end of the file: of a recording, the journal and how it
// ended; result is nil for a mere state.
func (v *Writer) Close(events []machine.Event, result *Result) error {
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	v.u32(uint32(len(events)))
	for _, e := range events {
		var b []byte
		for _, n := range [...]uint64{e.Moment, e.Insn, e.Value, uint64(e.Act)} {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		v.z.Write(b)
	}
	v.block32(text)
	if err := v.z.Close(); err != nil {
		return err
	}
	_, err = v.out.Write(v.sum.Sum(nil))
	return err
}

// Save writes the state of a machine.
func Save(w io.Writer, r *machine.Runner, h Header) error {
	v, err := NewWriter(w, r, h)
	if err != nil {
		return err
	}
	return v.Close(nil, nil)
}

// errDamaged is what is said of a file that is not as it was written.
var errDamaged = errors.New("the file is damaged or incomplete")

// Read reads a file. Every error is one sentence about the file.
func Read(r io.Reader) (*File, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	const head = len(magic) + 4
	switch {
	case len(b) < len(magic) || string(b[:len(magic)]) != magic:
		return nil, errors.New("this is no saved machine")
	case len(b) < head+sha256.Size:
		return nil, errDamaged
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errDamaged
	}
	if v := binary.LittleEndian.Uint32(b[len(magic):]); v != version {
		return nil, fmt.Errorf("the file has version %d; this rv86 reads version %d", v, version)
	}
	return parse(body[head:])
}

// parse reads the compressed part. A checksum is no proof: whoever made the file
// can make one.
func parse(b []byte) (*File, error) {
	z, err := zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, errDamaged
	}
	defer z.Close()
	return parsePlain(z)
}

func parsePlain(r io.Reader) (*File, error) {
	d := decoder{r: r}
	f := &File{}
	d.json(&f.Header)
	f.images = d.block(d.u64(), maxImages)
	f.state = d.block(d.u64(), maxState)
	d.pages(f)
	d.events(f)
	d.json(&f.Result)
	if _, err := io.ReadFull(r, make([]byte, 1)); d.err == nil && !errors.Is(err, io.EOF) {
		d.err = errDamaged
	}
	if d.err != nil {
		return nil, errDamaged
	}
	return f, nil
}

type decoder struct {
	r   io.Reader
	err error
}

// block reads n bytes, without believing n before they are there.
func (d *decoder) block(n, limit uint64) []byte {
	if d.err == nil && n > limit {
		d.err = errDamaged
	}
	if d.err != nil {
		return nil
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, d.r, int64(n)); err != nil {
		d.err = err
		return nil
	}
	return b.Bytes()
}

func (d *decoder) u32() uint32 {
	b := d.block(4, 4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (d *decoder) u64() uint64 {
	b := d.block(8, 8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (d *decoder) json(to any) {
	if b := d.block(uint64(d.u32()), maxJSON); d.err == nil {
		d.err = json.Unmarshal(b, to)
	}
}

// pages reads the pages of RAM, whose numbers rise.
func (d *decoder) pages(f *File) {
	limit := f.Header.Memory / pageSize
	next := uint64(0)
	var p [pageSize]byte
	for d.err == nil {
		n := d.u32()
		if d.err != nil || n == endPages {
			return
		}
		if uint64(n) < next || uint64(n) >= limit {
			d.err = errDamaged
			return
		}
		next = uint64(n) + 1
		if _, err := io.ReadFull(d.r, p[:]); err != nil {
			d.err = err
			return
		}
		f.pages = append(f.pages, int32(n))
		f.content = append(f.content, p[:]...)
	}
}

func (d *decoder) events(f *File) {
	n := d.u32()
	if n > maxEvents {
		d.err = errDamaged
	}
	var last uint64
	for range n {
		e := machine.Event{Moment: d.u64(), Insn: d.u64(), Value: d.u64(), Act: machine.Act(d.u64())}
		if d.err == nil && (e.Moment < last || e.Act > machine.ActClock) {
			d.err = errDamaged
		}
		if d.err != nil {
			return
		}
		last = e.Moment
		f.Events = append(f.Events, e)
	}
}

// Load puts a machine of the same make into the state of the file. On an error
// the machine is as it was before.
func (f *File) Load(r *machine.Runner) error {
	ram, base := r.RAM()
	if uint64(len(ram)) != f.Header.Memory {
		return fmt.Errorf("the file is of a machine with %d MiB of memory; this one has %d", f.Header.Memory>>20, len(ram)>>20)
	}
	before, imagesBefore := state.Saver(), state.Saver()
	r.State(before)
	r.Images(imagesBefore)
	if err := errors.Join(before.Err(), imagesBefore.Err()); err != nil {
		return err
	}
	images, all := state.Loader(f.images), state.Loader(f.state)
	r.Images(images)
	if images.Err() == nil {
		r.State(all)
	}
	if err := errors.Join(images.Err(), all.Err()); err != nil {
		r.Images(state.Loader(imagesBefore.Saved()))
		r.State(state.Loader(before.Saved()))
		return fmt.Errorf("the file is not of such a machine: %w", err)
	}
	f.fill(ram, base, r)
	// What the processor forgot when memory changed.
	r.State(state.Loader(f.state))
	return nil
}

// fill makes RAM what it was.
func (f *File) fill(ram []byte, base uint64, r *machine.Runner) {
	var zero [pageSize]byte
	k := 0
	for i := 0; i < len(ram)/pageSize; i++ {
		want := zero[:]
		if k < len(f.pages) && int(f.pages[k]) == i {
			want = f.content[k*pageSize:][:pageSize]
			k++
		}
		if p := ram[i*pageSize:][:pageSize]; !bytes.Equal(p, want) {
			copy(p, want)
			r.Core().InvalidateCode(base+uint64(i)*pageSize, pageSize)
		}
	}
}

// Recorded reports whether the file holds a run to repeat.
func (f *File) Recorded() bool { return f.Result != nil }

// Journal is what the world did in the recorded run.
func (f *File) Journal() *machine.Journal {
	if f.Result == nil {
		return &machine.Journal{}
	}
	return machine.NewJournal(f.Events, f.Result.Known)
}
