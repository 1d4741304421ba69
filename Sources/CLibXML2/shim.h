#include <libxml/xmlversion.h>
// Its converters' header brings the system's ICU, which is not the one that Foundation has.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
