/* sockios.h - requests that drivers of interfaces may get. */
#ifndef _LINUX_SOCKIOS_H
#define _LINUX_SOCKIOS_H

#define SIOCETHTOOL		0x8946
#define SIOCGMIIPHY		0x8947
#define SIOCGMIIREG		0x8948
#define SIOCSMIIREG		0x8949
#define SIOCDEVPRIVATE		0x89F0

#endif
