#include <gmime/gmime.h>

// GObject's tests and casts are macros, which Swift does not see.

static inline GMimeMultipart *mail_as_multipart(GMimeObject *object) {
    return GMIME_IS_MULTIPART(object) ? (GMimeMultipart *)object : NULL;
}

static inline GMimePart *mail_as_part(GMimeObject *object) {
    return GMIME_IS_PART(object) ? (GMimePart *)object : NULL;
}

static inline GMimeTextPart *mail_as_text(GMimeObject *object) {
    return GMIME_IS_TEXT_PART(object) ? (GMimeTextPart *)object : NULL;
}

static inline InternetAddressMailbox *mail_as_mailbox(InternetAddress *address) {
    return INTERNET_ADDRESS_IS_MAILBOX(address) ? (InternetAddressMailbox *)address : NULL;
}

static inline GMimeObject *mail_as_object(GMimeMessage *message) { return GMIME_OBJECT(message); }

static inline void mail_unref(void *object) { g_object_unref(object); }

// A text part in UTF-8, whatever it was in, NUL and all; the caller frees the array. NULL where there is none.
static inline GByteArray *mail_utf8(GMimeTextPart *part) {
    GMimeDataWrapper *content = g_mime_part_get_content((GMimePart *)part);
    if (content == NULL) return NULL;
    const char *charset = g_mime_text_part_get_charset(part);
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *memory = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner((GMimeStreamMem *)memory, FALSE);
    GMimeStream *stream = g_mime_stream_filter_new(memory);
    GMimeFilter *filter =
        charset != NULL && g_ascii_strcasecmp(charset, "utf-8") != 0 ? g_mime_filter_charset_new(charset, "utf-8") : NULL;
    if (filter != NULL) {
        g_mime_stream_filter_add((GMimeStreamFilter *)stream, filter);
        g_object_unref(filter);
    }
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_mime_stream_flush(stream);
    g_object_unref(stream);
    g_object_unref(memory);
    return bytes;
}

// A part's content, decoded; the caller frees the array. NULL where there is none.
static inline GByteArray *mail_content(GMimePart *part) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content == NULL) return NULL;
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner((GMimeStreamMem *)stream, FALSE);
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    return bytes;
}
