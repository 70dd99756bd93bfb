/*
 * qwenvl_client.h: asks Qwen3-VL about pictures from C, and from whatever can call C, without .NET.
 *
 * Link with libqwenvl_client; libonnxruntime and libSkiaSharp lie beside it.
 *
 * Ownership.  What is passed in stays the caller's: strings, structures and the picture are copied before a function
 *             returns. What a callback gets is the library's and is valid until the callback returns.
 * Handles.    A handle is a number, never a pointer, and is never used twice in a process. One that was freed, was made
 *             up, or belongs to another kind of thing is answered with QWENVL_INVALID_HANDLE, by every function; 0 is
 *             never a handle.
 * Threads.    Every function may be called from any thread, also at the same time and about the same handle. Functions
 *             whose description begins with "Waits" must not be called from a screen's thread.
 * Callbacks.  All callbacks of one answer come from one thread that belongs to that answer: one after the other, in
 *             order, on_finish exactly once and last. Answers have different threads. A callback may take its time:
 *             tokens wait, and the model goes on. It must return normally: no C++ exception and no longjmp may leave it.
 * Reentrancy. From within a callback every function may be called but those whose description begins with "Waits":
 *             these are answered with QWENVL_WRONG_THREAD there.
 * Errors.     Functions return a status. For one that is not QWENVL_OK, qwenvl_last_error has a line for people, on the
 *             same thread, until that thread's next call that fails. Nothing is ever thrown.
 * Text.       UTF-8. Strings passed in end with a zero byte; invalid UTF-8 is refused. A prompt should be in Unicode's
 *             normalisation form C, as java.text.Normalizer and precomposedStringWithCanonicalMapping make it: the library
 *             carries no tables for that.
 * Growth.     Structures begin with their own size, so that programs and libraries of different ages fit together. Set
 *             everything to zero, then size to sizeof of the structure: zero means the default everywhere.
 * Signals.    The library's runtime handles SIGSEGV, SIGFPE and one real-time signal, and passes on what is not its own.
 * Loading.    Once loaded, the library stays: dlclose does not unload it.
 */
#ifndef QWENVL_CLIENT_H
#define QWENVL_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rises when something changes that the sizes of structures do not tell. */
#define QWENVL_ABI_VERSION 1u

typedef uint64_t qwenvl_client; /* asks questions; several at a time */
typedef uint64_t qwenvl_answer; /* one question and its answer */

/* Statuses keep their numbers; programs must expect new ones. */
typedef int32_t qwenvl_status;
enum {
    QWENVL_OK = 0,                   /* it worked */

    /* As in the library for .NET. */
    QWENVL_INVALID_ARGUMENT = 1,     /* an argument, an option or the prompt is out of range */
    QWENVL_NOT_CONNECTED = 2,        /* there was no connection yet: call qwenvl_connect */
    QWENVL_CONNECTION_FAILED = 3,    /* the server could not be reached, or did not answer in time */
    QWENVL_CONNECTION_LOST = 4,      /* the connection broke in use */
    QWENVL_PROTOCOL_VIOLATION = 5,   /* the server broke the protocol */
    QWENVL_VERSION_MISMATCH = 6,     /* client and server speak different versions */
    QWENVL_CHECKPOINT_MISMATCH = 7,  /* the server does not host the checkpoint of the device's engines */
    QWENVL_TOKENIZER_MISMATCH = 8,   /* server and device use different tokenizers */
    QWENVL_FEATURES_MISMATCH = 9,    /* features of another checkpoint, recipe or picture */
    QWENVL_IMAGE_UNREADABLE = 10,    /* no picture, or a damaged one */
    QWENVL_IMAGE_TOO_LARGE = 11,     /* more bytes or pixels than are accepted */
    QWENVL_PROMPT_TOO_LONG = 12,     /* prompt and picture do not fit the context */
    QWENVL_LIMIT_EXCEEDED = 13,      /* the server is at a limit: try again later */
    QWENVL_UNAUTHENTICATED = 14,     /* the server asks for a key and knows none such */
    QWENVL_NO_DEVICE_ENGINES = 15,   /* this route needs engines on the device */
    QWENVL_DEVICE_FAILED = 16,       /* the device's engines failed */
    QWENVL_TIMEOUT = 17,             /* something took longer than its limit */
    QWENVL_SERVER_FAILED = 18,       /* the server failed at this question */
    QWENVL_LOCAL_ONLY = 19,          /* privacy keeps this on the device, where it cannot be done */

    /* Of this interface alone. */
    QWENVL_CANCELLED = 100,          /* qwenvl_cancel, or the answer or its client was freed */
    QWENVL_INVALID_HANDLE = 101,     /* freed, made up, or of another kind */
    QWENVL_WRONG_THREAD = 102,       /* a function that waits was called from within a callback */
    QWENVL_FAILED = 199              /* an error without a number of its own: the text says what */
};

/* Who does what. */
typedef int32_t qwenvl_route;
enum {
    QWENVL_ROUTE_DEFAULT = 0,        /* what the library takes where nothing is said */
    QWENVL_ROUTE_HYBRID = 1,         /* the server begins, the device takes over in mid-sentence */
    QWENVL_ROUTE_CLOUD_ONLY = 2,     /* the server writes the whole answer */
    QWENVL_ROUTE_CLOUD_FEATURES = 3, /* the server looks at the picture, the device writes */
    QWENVL_ROUTE_DEVICE_ONLY = 4,    /* nothing leaves the device; opens no connection */
    QWENVL_ROUTE_AUTO = 5            /* the best of them for this question, from measured facts */
};

/* How many pixels of the picture the models see. */
typedef int32_t qwenvl_resolution;
enum {
    QWENVL_RESOLUTION_AUTO = 0,      /* what the picture and the prompt need */
    QWENVL_RESOLUTION_512 = 1,       /* a budget of 512 x 512 */
    QWENVL_RESOLUTION_1024 = 2       /* a budget of 1024 x 1024 */
};

/* Who wrote a token. */
typedef int32_t qwenvl_source;
enum { QWENVL_SOURCE_CLOUD = 0, QWENVL_SOURCE_DEVICE = 1 };

/* Why an answer ended. */
typedef int32_t qwenvl_finish;
enum {
    QWENVL_FINISH_STOP = 0,          /* the model ended it */
    QWENVL_FINISH_LENGTH = 1         /* it reached the most tokens allowed */
};

typedef struct qwenvl_client_options {
    uint32_t size;                   /* sizeof(qwenvl_client_options) */
    uint32_t device_threads;         /* threads of the device's engines; 0: one a physical core */
    const char *server_address;      /* such as "http://192.168.1.2:8001"; NULL: the device works alone */
    const char *api_key;             /* NULL where the server asks for none */
    const char *device_engine_path;  /* folder of engines as "qwenvl-engines build" writes it; NULL: the server's tokens only */
    uint32_t connect_timeout_ms;     /* 0: 10 000 */
    uint32_t upload_timeout_ms;      /* 0: 30 000 */
    uint32_t keep_alive_ms;          /* a silent connection is probed after this; 0: 10 000 */
    uint32_t prefill_chunk;          /* prompt tokens taken in at once; 0: 256 */
} qwenvl_client_options;

typedef struct qwenvl_generate_options {
    uint32_t size;                   /* sizeof(qwenvl_generate_options) */
    qwenvl_route route;
    qwenvl_resolution resolution;
    uint32_t max_new_tokens;         /* 0: 256 */
    uint32_t max_cloud_tokens;       /* hybrid: the most that the server writes; 0: until the device is ready */
    uint32_t top_k;                  /* 0: all */
    float temperature;               /* 0: the best token always; to 10 */
    float top_p;                     /* over 0, at most 1; 0: 1 */
    float repetition_penalty;        /* over 0, at most 10; 0: 1 */
    uint32_t reserved;               /* 0 */
    uint64_t seed;                   /* of the drawing where the temperature is over 0 */
} qwenvl_generate_options;

typedef struct qwenvl_token {
    uint32_t size;                   /* bytes that the library filled */
    int32_t index;                   /* 0, 1, 2, ... without a gap, whoever writes */
    int32_t id;                      /* in the vocabulary */
    qwenvl_source source;
    const char *text;                /* what the reader now sees more; may be empty, never half a character */
    uint64_t text_bytes;             /* without the zero byte; the text may hold zero bytes itself */
    uint64_t elapsed_us;             /* since the question */
} qwenvl_token;

typedef struct qwenvl_summary {
    uint32_t size;                   /* bytes that the library filled */
    qwenvl_finish finish;
    const char *text;                /* the whole answer */
    uint64_t text_bytes;             /* without the zero byte */
    int32_t cloud_tokens;            /* written by the server */
    int32_t device_tokens;           /* written by the device */
    int32_t taken_over_at;           /* index of the device's first token after the server's; -1 where it did not take over */
    int32_t connection_lost;         /* 1 where the connection broke: the device finished, or the server was asked again */
    uint64_t bytes_sent;
    uint64_t bytes_received;
    uint64_t first_token_us;         /* since the question */
    uint64_t total_us;
} qwenvl_summary;

/* One token. May be NULL where only the end matters. */
typedef void (*qwenvl_on_token)(void *user, const qwenvl_token *token);

/*
 * The end, exactly once for each answer that qwenvl_generate began: QWENVL_OK with a summary and no error, or another
 * status with NULL for a summary and a line for people. The tokens given out before stay good. May be NULL.
 */
typedef void (*qwenvl_on_finish)(void *user, qwenvl_status status, const qwenvl_summary *summary, const char *error);

/* QWENVL_ABI_VERSION of the library: compare it with that of the header. */
uint32_t qwenvl_abi_version(void);

/*
 * Copies this thread's last error into buffer, cut at a whole character where it does not fit, always with a zero byte.
 * Returns the bytes of the whole text without the zero byte; 0 where no call of this thread has failed. buffer may be
 * NULL where capacity is 0.
 */
size_t qwenvl_last_error(char *buffer, size_t capacity);

/* Opens the engines' folder; loads and connects nothing yet. *client is 0 where it fails. */
qwenvl_status qwenvl_client_create(const qwenvl_client_options *options, qwenvl_client *client);

/* Waits: loads the decoder, connects, and compares both ends. Once is enough: a connection that is lost is opened again when it is needed. */
qwenvl_status qwenvl_connect(qwenvl_client client);

/* 1 where there is an open connection, 0 where there is none or no such client. */
int32_t qwenvl_is_connected(qwenvl_client client);

/* Waits: runs the device's engines on a grey picture of this size in pixels, so that the first question finds them ready. */
qwenvl_status qwenvl_warm_up(qwenvl_client client, uint32_t width, uint32_t height);

/*
 * Asks, and returns at once; what goes wrong later is told to on_finish. Where it returns something else than QWENVL_OK,
 * no callback is ever called and *answer is 0.
 *
 * image        an encoded picture: JPEG, PNG, WebP or BMP; image_bytes of it
 * prompt       plain text, not blank
 * options      NULL for the defaults
 * user         handed to the callbacks as it is; must stay valid until on_finish has returned
 * answer       set before the first callback; free it in the end, also where it failed
 */
qwenvl_status qwenvl_generate(qwenvl_client client, const uint8_t *image, size_t image_bytes, const char *prompt,
                              const qwenvl_generate_options *options, qwenvl_on_token on_token,
                              qwenvl_on_finish on_finish, void *user, qwenvl_answer *answer);

/*
 * Gives the question up, on the server too. Does not wait: on_finish follows, with QWENVL_CANCELLED, or QWENVL_OK where
 * the answer was complete already. After it was called from within on_token, no further on_token comes. Again and after
 * the end it does nothing.
 */
qwenvl_status qwenvl_cancel(qwenvl_answer answer);

/* Waits until on_finish has returned, or answers QWENVL_TIMEOUT; a timeout of UINT32_MAX ms has no end. */
qwenvl_status qwenvl_answer_wait(qwenvl_answer answer, uint32_t timeout_ms);

/*
 * Frees an answer, cancelling it where it has not ended. Waits until its on_finish has returned: no callback comes any
 * more. From within a callback it may be called too and does not wait, so that on_finish may still follow once.
 */
qwenvl_status qwenvl_answer_free(qwenvl_answer answer);

/* Waits: cancels the client's answers, waits until their on_finish has returned, closes the connection, frees the engines. The answers' handles stay, to be freed. */
qwenvl_status qwenvl_client_free(qwenvl_client client);

#ifdef __cplusplus
}
#endif

#endif
