package vmlinux

import "encoding/binary"

// Note types (gABI 5 "Note Section"; Linux include/linux/elfnote.h).
const (
	NoteGNU        = "GNU"
	NoteGNUBuildID = 3
	NoteLinux      = "Linux"
	NoteVersion    = 0 // of "Linux": the version code

	noteAlign     = 4
	BuildIDLength = 20
)

// AppendNote writes a note and says where its description begins.
func AppendNote(out []byte, name string, typ uint32, desc []byte) (notes []byte, at int) {
	le := binary.LittleEndian
	out = le.AppendUint32(out, uint32(len(name)+1))
	out = le.AppendUint32(out, uint32(len(desc)))
	out = le.AppendUint32(out, typ)
	out = pad4(append(append(out, name...), 0))
	at = len(out)
	return pad4(append(out, desc...)), at
}

func pad4(b []byte) []byte {
	for len(b)%noteAlign != 0 {
		b = append(b, 0)
	}
	return b
}

// BuildID finds the GNU build identifier in notes, nil if there is none.
func BuildID(notes []byte) []byte {
	const head = 12
	le := binary.LittleEndian
	for len(notes) >= head {
		nameLen, descLen, typ := uint64(le.Uint32(notes)), uint64(le.Uint32(notes[4:])), le.Uint32(notes[8:])
		at := head + (nameLen+noteAlign-1)&^(noteAlign-1)
		end := at + (descLen+noteAlign-1)&^(noteAlign-1)
		if end > uint64(len(notes)) {
			return nil
		}
		if typ == NoteGNUBuildID && string(notes[head:head+min(nameLen, uint64(len(NoteGNU))+1)]) == NoteGNU+"\x00" {
			return notes[at : at+descLen]
		}
		notes = notes[end:]
	}
	return nil
}
