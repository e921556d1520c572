// Instructions that Go's assembler has no mnemonic for (Priv. spec 3.3, 4.2).
#define SRET		WORD $0x10200073
#define MRET		WORD $0x30200073
#define WFI		WORD $0x10500073
#define FENCEI		WORD $0x0000100f
// sfence.vma x0, x0: everything; x0, t0: what is not global; t0, x0: one page.
#define SFENCE_ALL	WORD $0x12000073
#define SFENCE_ASID_T0	WORD $0x12500073
#define SFENCE_VA_T0	WORD $0x12028073
// csrrs x0, menvcfg, t0; csrw stimecmp, t0.
#define CSRRS_MENVCFG_T0	WORD $0x30a2a073
#define CSRW_STIMECMP_T0	WORD $0x14d29073

// x1..x30 to and from the frame at R. x31 is the assembler's scratch register
// and holds R itself, so it goes by hand.
#define SAVE_X(R) \
	MOV X1, 8(R); MOV X2, 16(R); MOV X3, 24(R); MOV TP, 32(R); MOV X5, 40(R); \
	MOV X6, 48(R); MOV X7, 56(R); MOV X8, 64(R); MOV X9, 72(R); MOV X10, 80(R); \
	MOV X11, 88(R); MOV X12, 96(R); MOV X13, 104(R); MOV X14, 112(R); MOV X15, 120(R); \
	MOV X16, 128(R); MOV X17, 136(R); MOV X18, 144(R); MOV X19, 152(R); MOV X20, 160(R); \
	MOV X21, 168(R); MOV X22, 176(R); MOV X23, 184(R); MOV X24, 192(R); MOV X25, 200(R); \
	MOV X26, 208(R); MOV g, 216(R); MOV X28, 224(R); MOV X29, 232(R); MOV X30, 240(R)
#define LOAD_X(R) \
	MOV 8(R), X1; MOV 16(R), X2; MOV 24(R), X3; MOV 32(R), TP; MOV 40(R), X5; \
	MOV 48(R), X6; MOV 56(R), X7; MOV 64(R), X8; MOV 72(R), X9; MOV 80(R), X10; \
	MOV 88(R), X11; MOV 96(R), X12; MOV 104(R), X13; MOV 112(R), X14; MOV 120(R), X15; \
	MOV 128(R), X16; MOV 136(R), X17; MOV 144(R), X18; MOV 152(R), X19; MOV 160(R), X20; \
	MOV 168(R), X21; MOV 176(R), X22; MOV 184(R), X23; MOV 192(R), X24; MOV 200(R), X25; \
	MOV 208(R), X26; MOV 216(R), g; MOV 224(R), X28; MOV 232(R), X29; MOV 240(R), X30; \
	MOV 248(R), X31

// f0..f31 to and from the 32 words at R.
#define SAVE_F(R) \
	MOVD F0, 0(R); MOVD F1, 8(R); MOVD F2, 16(R); MOVD F3, 24(R); MOVD F4, 32(R); \
	MOVD F5, 40(R); MOVD F6, 48(R); MOVD F7, 56(R); MOVD F8, 64(R); MOVD F9, 72(R); \
	MOVD F10, 80(R); MOVD F11, 88(R); MOVD F12, 96(R); MOVD F13, 104(R); MOVD F14, 112(R); \
	MOVD F15, 120(R); MOVD F16, 128(R); MOVD F17, 136(R); MOVD F18, 144(R); MOVD F19, 152(R); \
	MOVD F20, 160(R); MOVD F21, 168(R); MOVD F22, 176(R); MOVD F23, 184(R); MOVD F24, 192(R); \
	MOVD F25, 200(R); MOVD F26, 208(R); MOVD F27, 216(R); MOVD F28, 224(R); MOVD F29, 232(R); \
	MOVD F30, 240(R); MOVD F31, 248(R)
#define LOAD_F(R) \
	MOVD 0(R), F0; MOVD 8(R), F1; MOVD 16(R), F2; MOVD 24(R), F3; MOVD 32(R), F4; \
	MOVD 40(R), F5; MOVD 48(R), F6; MOVD 56(R), F7; MOVD 64(R), F8; MOVD 72(R), F9; \
	MOVD 80(R), F10; MOVD 88(R), F11; MOVD 96(R), F12; MOVD 104(R), F13; MOVD 112(R), F14; \
	MOVD 120(R), F15; MOVD 128(R), F16; MOVD 136(R), F17; MOVD 144(R), F18; MOVD 152(R), F19; \
	MOVD 160(R), F20; MOVD 168(R), F21; MOVD 176(R), F22; MOVD 184(R), F23; MOVD 192(R), F24; \
	MOVD 200(R), F25; MOVD 208(R), F26; MOVD 216(R), F27; MOVD 224(R), F28; MOVD 232(R), F29; \
	MOVD 240(R), F30; MOVD 248(R), F31
