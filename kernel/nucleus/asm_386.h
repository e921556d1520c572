// Instructions and operands that Go's assembler has no mnemonic for (SDM 2).
#define LGDT_AX		BYTE $0x0f; BYTE $0x01; BYTE $0x10	// lgdt [eax]
#define LIDT_AX		BYTE $0x0f; BYTE $0x01; BYTE $0x18	// lidt [eax]
#define LTR_AX		BYTE $0x0f; BYTE $0x00; BYTE $0xd8	// ltr ax
#define INVLPG_AX	BYTE $0x0f; BYTE $0x01; BYTE $0x38	// invlpg [eax]
#define FXSAVE_AX	BYTE $0x0f; BYTE $0xae; BYTE $0x00	// fxsave [eax]
#define FXRSTOR_AX	BYTE $0x0f; BYTE $0xae; BYTE $0x08	// fxrstor [eax]
#define LDMXCSR_SP	BYTE $0x0f; BYTE $0xae; BYTE $0x14; BYTE $0x24	// ldmxcsr [esp]
#define LRETL		BYTE $0xcb
#define CLTS		BYTE $0x0f; BYTE $0x06
#define POP_SP		BYTE $0x5c
#define PUSH_CS		BYTE $0x0e
#define MOV_DS_AX	BYTE $0x8e; BYTE $0xd8
#define MOV_ES_AX	BYTE $0x8e; BYTE $0xc0
#define MOV_SS_AX	BYTE $0x8e; BYTE $0xd0
#define MOV_FS_AX	BYTE $0x8e; BYTE $0xe0
#define MOV_GS_AX	BYTE $0x8e; BYTE $0xe8
#define MOV_AX_DS	BYTE $0x8c; BYTE $0xd8
#define MOV_AX_ES	BYTE $0x8c; BYTE $0xc0
#define MOV_AX_SS	BYTE $0x8c; BYTE $0xd0
#define MOV_AX_FS	BYTE $0x8c; BYTE $0xe0
#define MOV_AX_GS	BYTE $0x8c; BYTE $0xe8
// push ds, es, fs, gs; and back
#define PUSH_SEGS	BYTE $0x1e; BYTE $0x06; BYTE $0x0f; BYTE $0xa0; BYTE $0x0f; BYTE $0xa8
#define POP_SEGS	BYTE $0x0f; BYTE $0xa9; BYTE $0x0f; BYTE $0xa1; BYTE $0x07; BYTE $0x1f
#define IN_AL_DX	BYTE $0xec
#define OUT_DX_AL	BYTE $0xee
#define OUT_DX_AX	BYTE $0x66; BYTE $0xef

// Byte offsets in frame.R, which go_asm.h does not know.
#define R_GS		0
#define R_FS		4
#define R_ES		8
#define R_DS		12
#define R_EDI		16
#define R_TRAPNO	48
#define R_EIP		56
#define R_CS		60
#define R_EFLAGS	64
#define R_ESP		68
#define R_SS		72
#define R_END		76
