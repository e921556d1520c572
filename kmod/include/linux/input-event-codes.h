/* input-event-codes.h - types of input events and their codes, as programs know
 * them. Names that this kernel's examples do not use are left out; numbers are
 * Linux's.
 */
#ifndef _LINUX_INPUT_EVENT_CODES_H
#define _LINUX_INPUT_EVENT_CODES_H

#define EV_SYN		0x00
#define EV_KEY		0x01
#define EV_REL		0x02
#define EV_ABS		0x03
#define EV_MSC		0x04
#define EV_SW		0x05
#define EV_LED		0x11
#define EV_SND		0x12
#define EV_REP		0x14
#define EV_FF		0x15
#define EV_PWR		0x16
#define EV_FF_STATUS	0x17
#define EV_MAX		0x1f
#define EV_CNT		(EV_MAX + 1)

#define SYN_REPORT	0
#define SYN_CONFIG	1
#define SYN_MT_REPORT	2
#define SYN_DROPPED	3
#define SYN_MAX		0xf
#define SYN_CNT		(SYN_MAX + 1)

#define INPUT_PROP_POINTER	0x00
#define INPUT_PROP_DIRECT	0x01
#define INPUT_PROP_BUTTONPAD	0x02
#define INPUT_PROP_MAX		0x1f
#define INPUT_PROP_CNT		(INPUT_PROP_MAX + 1)

#define KEY_RESERVED	0
#define KEY_ESC		1
#define KEY_1		2
#define KEY_2		3
#define KEY_3		4
#define KEY_4		5
#define KEY_5		6
#define KEY_6		7
#define KEY_7		8
#define KEY_8		9
#define KEY_9		10
#define KEY_0		11
#define KEY_MINUS	12
#define KEY_EQUAL	13
#define KEY_BACKSPACE	14
#define KEY_TAB		15
#define KEY_Q		16
#define KEY_W		17
#define KEY_E		18
#define KEY_R		19
#define KEY_T		20
#define KEY_Y		21
#define KEY_U		22
#define KEY_I		23
#define KEY_O		24
#define KEY_P		25
#define KEY_LEFTBRACE	26
#define KEY_RIGHTBRACE	27
#define KEY_ENTER	28
#define KEY_LEFTCTRL	29
#define KEY_A		30
#define KEY_S		31
#define KEY_D		32
#define KEY_F		33
#define KEY_G		34
#define KEY_H		35
#define KEY_J		36
#define KEY_K		37
#define KEY_L		38
#define KEY_SEMICOLON	39
#define KEY_APOSTROPHE	40
#define KEY_GRAVE	41
#define KEY_LEFTSHIFT	42
#define KEY_BACKSLASH	43
#define KEY_Z		44
#define KEY_X		45
#define KEY_C		46
#define KEY_V		47
#define KEY_B		48
#define KEY_N		49
#define KEY_M		50
#define KEY_COMMA	51
#define KEY_DOT		52
#define KEY_SLASH	53
#define KEY_RIGHTSHIFT	54
#define KEY_KPASTERISK	55
#define KEY_LEFTALT	56
#define KEY_SPACE	57
#define KEY_CAPSLOCK	58
#define KEY_F1		59
#define KEY_F2		60
#define KEY_F3		61
#define KEY_F4		62
#define KEY_F5		63
#define KEY_F6		64
#define KEY_F7		65
#define KEY_F8		66
#define KEY_F9		67
#define KEY_F10		68
#define KEY_NUMLOCK	69
#define KEY_SCROLLLOCK	70
#define KEY_KP7		71
#define KEY_KP8		72
#define KEY_KP9		73
#define KEY_KPMINUS	74
#define KEY_KP4		75
#define KEY_KP5		76
#define KEY_KP6		77
#define KEY_KPPLUS	78
#define KEY_KP1		79
#define KEY_KP2		80
#define KEY_KP3		81
#define KEY_KP0		82
#define KEY_KPDOT	83
#define KEY_ZENKAKUHANKAKU	85
#define KEY_102ND	86
#define KEY_F11		87
#define KEY_F12		88
#define KEY_RO		89
#define KEY_KATAKANA	90
#define KEY_HIRAGANA	91
#define KEY_HENKAN	92
#define KEY_KATAKANAHIRAGANA	93
#define KEY_MUHENKAN	94
#define KEY_KPJPCOMMA	95
#define KEY_KPENTER	96
#define KEY_RIGHTCTRL	97
#define KEY_KPSLASH	98
#define KEY_SYSRQ	99
#define KEY_RIGHTALT	100
#define KEY_LINEFEED	101
#define KEY_HOME	102
#define KEY_UP		103
#define KEY_PAGEUP	104
#define KEY_LEFT	105
#define KEY_RIGHT	106
#define KEY_END		107
#define KEY_DOWN	108
#define KEY_PAGEDOWN	109
#define KEY_INSERT	110
#define KEY_DELETE	111
#define KEY_MACRO	112
#define KEY_MUTE	113
#define KEY_VOLUMEDOWN	114
#define KEY_VOLUMEUP	115
#define KEY_POWER	116
#define KEY_KPEQUAL	117
#define KEY_KPPLUSMINUS	118
#define KEY_PAUSE	119
#define KEY_SCALE	120
#define KEY_KPCOMMA	121
#define KEY_HANGEUL	122
#define KEY_HANJA	123
#define KEY_YEN		124
#define KEY_LEFTMETA	125
#define KEY_RIGHTMETA	126
#define KEY_COMPOSE	127
#define KEY_STOP	128
#define KEY_MENU	139
#define KEY_SLEEP	142
#define KEY_WAKEUP	143
#define KEY_BACK	158
#define KEY_FORWARD	159
#define KEY_NEXTSONG	163
#define KEY_PLAYPAUSE	164
#define KEY_PREVIOUSSONG	165
#define KEY_F13		183
#define KEY_F24		194
#define KEY_UNKNOWN	240

#define BTN_MISC	0x100
#define BTN_0		0x100
#define BTN_1		0x101
#define BTN_2		0x102
#define BTN_3		0x103
#define BTN_MOUSE	0x110
#define BTN_LEFT	0x110
#define BTN_RIGHT	0x111
#define BTN_MIDDLE	0x112
#define BTN_SIDE	0x113
#define BTN_EXTRA	0x114
#define BTN_JOYSTICK	0x120
#define BTN_TRIGGER	0x120
#define BTN_GAMEPAD	0x130
#define BTN_SOUTH	0x130
#define BTN_EAST	0x131
#define BTN_NORTH	0x133
#define BTN_WEST	0x134
#define BTN_TOOL_PEN	0x140
#define BTN_TOOL_FINGER	0x145
#define BTN_TOUCH	0x14a
#define BTN_STYLUS	0x14b
#define KEY_MAX		0x2ff
#define KEY_CNT		(KEY_MAX + 1)

#define REL_X		0x00
#define REL_Y		0x01
#define REL_Z		0x02
#define REL_HWHEEL	0x06
#define REL_DIAL	0x07
#define REL_WHEEL	0x08
#define REL_MISC	0x09
#define REL_MAX		0x0f
#define REL_CNT		(REL_MAX + 1)

#define ABS_X		0x00
#define ABS_Y		0x01
#define ABS_Z		0x02
#define ABS_RX		0x03
#define ABS_RY		0x04
#define ABS_RZ		0x05
#define ABS_THROTTLE	0x06
#define ABS_RUDDER	0x07
#define ABS_WHEEL	0x08
#define ABS_GAS		0x09
#define ABS_BRAKE	0x0a
#define ABS_HAT0X	0x10
#define ABS_HAT0Y	0x11
#define ABS_PRESSURE	0x18
#define ABS_DISTANCE	0x19
#define ABS_VOLUME	0x20
#define ABS_MISC	0x28
#define ABS_MAX		0x3f
#define ABS_CNT		(ABS_MAX + 1)

#define MSC_SERIAL		0x00
#define MSC_PULSELED		0x01
#define MSC_GESTURE		0x02
#define MSC_RAW			0x03
#define MSC_SCAN		0x04
#define MSC_TIMESTAMP		0x05
#define MSC_MAX			0x07
#define MSC_CNT			(MSC_MAX + 1)
#define SW_LID			0x00
#define SW_TABLET_MODE		0x01
#define SW_HEADPHONE_INSERT	0x02
#define SW_MAX			0x10
#define SW_CNT			(SW_MAX + 1)
#define LED_NUML		0x00
#define LED_CAPSL		0x01
#define LED_SCROLLL		0x02
#define LED_COMPOSE		0x03
#define LED_KANA		0x04
#define LED_MAX			0x0f
#define LED_CNT			(LED_MAX + 1)
#define SND_CLICK		0x00
#define SND_BELL		0x01
#define SND_TONE		0x02
#define SND_MAX			0x07
#define SND_CNT			(SND_MAX + 1)
#define REP_DELAY		0x00
#define REP_PERIOD		0x01
#define REP_MAX			0x01
#define REP_CNT			(REP_MAX + 1)
#define FF_MAX			0x7f
#define FF_CNT			(FF_MAX + 1)

#endif
