/*
 * Between Kotlin and qwenvl_client.h: bytes and numbers only, so that no text passes Java's own kind of UTF-8.
 *
 * A listener is a Java object with
 *   void onToken(int index, int id, int source, byte[] text, long elapsedMicroseconds)
 *   void onFinish(int status, byte[] textOrError, int cloudTokens, int deviceTokens, int takenOverAt, long totalMicroseconds)
 */
#include <jni.h>
#include <stdlib.h>
#include <string.h>

#include "qwenvl_client.h"

#define NATIVE(name) Java_dev_qwenvl_client_NativeLibrary_##name
#define UNUSED(name) ((void)(name))

/* What an answer's callbacks need; belongs to the answer's thread and ends with its last callback. */
typedef struct {
    JavaVM *machine;
    jobject listener;
    jmethodID on_token, on_finish;
    int failed; /* the listener threw: nothing more is told to it but the end */
} conversation;

static jbyteArray to_java(JNIEnv *env, const char *text, uint64_t bytes)
{
    jbyteArray array = (*env)->NewByteArray(env, (jsize)bytes);
    if (array != NULL) (*env)->SetByteArrayRegion(env, array, 0, (jsize)bytes, (const jbyte *)text);
    return array;
}

/* A copy with a zero byte at its end, to be freed; NULL for null, and where there is no memory. */
static char *to_c(JNIEnv *env, jbyteArray array)
{
    if (array == NULL) return NULL;
    jsize bytes = (*env)->GetArrayLength(env, array);
    char *text = malloc((size_t)bytes + 1);
    if (text == NULL) return NULL;
    (*env)->GetByteArrayRegion(env, array, 0, bytes, (jbyte *)text);
    text[bytes] = '\0';
    return text;
}

/* The answer's own thread becomes one of Java's at its first callback and stops being one at its last. */
static JNIEnv *attach(conversation *talk)
{
    void *env = NULL;
    if ((*talk->machine)->GetEnv(talk->machine, &env, JNI_VERSION_1_6) == JNI_OK) return env;
#ifdef __ANDROID__
    if ((*talk->machine)->AttachCurrentThreadAsDaemon(talk->machine, (JNIEnv **)&env, NULL) != JNI_OK) return NULL;
#else
    if ((*talk->machine)->AttachCurrentThreadAsDaemon(talk->machine, &env, NULL) != JNI_OK) return NULL;
#endif
    return env;
}

/* An exception must not pass into the library: it is reported, and the listener hears nothing more but the end. */
static void note_if_thrown(JNIEnv *env, conversation *talk)
{
    if (!(*env)->ExceptionCheck(env)) return;
    (*env)->ExceptionDescribe(env);
    (*env)->ExceptionClear(env);
    talk->failed = 1;
}

static void on_token(void *user, const qwenvl_token *token)
{
    conversation *talk = user;
    if (talk->failed) return;
    JNIEnv *env = attach(talk);
    if (env == NULL) return;
    jbyteArray text = to_java(env, token->text, token->text_bytes);
    if (text != NULL) {
        (*env)->CallVoidMethod(env, talk->listener, talk->on_token, token->index, token->id, token->source, text, (jlong)token->elapsed_us);
        (*env)->DeleteLocalRef(env, text);
    }
    note_if_thrown(env, talk);
}

static void on_finish(void *user, qwenvl_status status, const qwenvl_summary *summary, const char *error)
{
    conversation *talk = user;
    JavaVM *machine = talk->machine;
    JNIEnv *env = attach(talk);
    if (env != NULL) {
        jbyteArray text = summary != NULL ? to_java(env, summary->text, summary->text_bytes) : to_java(env, error, strlen(error));
        (*env)->CallVoidMethod(env, talk->listener, talk->on_finish, status, text, summary != NULL ? summary->cloud_tokens : 0,
                               summary != NULL ? summary->device_tokens : 0, summary != NULL ? summary->taken_over_at : -1,
                               summary != NULL ? (jlong)summary->total_us : 0);
        note_if_thrown(env, talk);
        (*env)->DeleteGlobalRef(env, talk->listener);
    }
    free(talk);
    if (env != NULL) (*machine)->DetachCurrentThread(machine);
}

JNIEXPORT jbyteArray JNICALL NATIVE(lastError)(JNIEnv *env, jclass type)
{
    UNUSED(type);
    char text[1024];
    size_t whole = qwenvl_last_error(text, sizeof text);
    return to_java(env, text, whole < sizeof text ? whole : strlen(text));
}

/* The handle is put into handle[0]; the answer is a status, as everywhere below. */
JNIEXPORT jint JNICALL NATIVE(create)(JNIEnv *env, jclass type, jbyteArray server, jbyteArray key, jbyteArray engines, jint threads, jlongArray handle)
{
    UNUSED(type);
    qwenvl_client_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.device_threads = (uint32_t)threads;
    char *texts[] = { to_c(env, server), to_c(env, key), to_c(env, engines) };
    options.server_address = texts[0];
    options.api_key = texts[1];
    options.device_engine_path = texts[2];
    qwenvl_client client = 0;
    qwenvl_status status = qwenvl_client_create(&options, &client);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) free(texts[i]);
    jlong value = (jlong)client;
    (*env)->SetLongArrayRegion(env, handle, 0, 1, &value);
    return status;
}

JNIEXPORT jint JNICALL NATIVE(connect)(JNIEnv *env, jclass type, jlong client)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_connect((qwenvl_client)client);
}

JNIEXPORT jboolean JNICALL NATIVE(isConnected)(JNIEnv *env, jclass type, jlong client)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_is_connected((qwenvl_client)client) != 0;
}

JNIEXPORT jint JNICALL NATIVE(warmUp)(JNIEnv *env, jclass type, jlong client, jint width, jint height)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_warm_up((qwenvl_client)client, (uint32_t)width, (uint32_t)height);
}

JNIEXPORT jint JNICALL NATIVE(generate)(JNIEnv *env, jclass type, jlong client, jbyteArray image, jbyteArray prompt, jint route, jint resolution,
                                        jint max_new_tokens, jfloat temperature, jlong seed, jobject listener, jlongArray handle)
{
    UNUSED(type);
    qwenvl_generate_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.route = route;
    options.resolution = resolution;
    options.max_new_tokens = (uint32_t)max_new_tokens;
    options.temperature = temperature;
    options.seed = (uint64_t)seed;

    conversation *talk = calloc(1, sizeof *talk);
    jbyte *bytes = (*env)->GetByteArrayElements(env, image, NULL);
    char *text = to_c(env, prompt);
    jclass listener_type = (*env)->GetObjectClass(env, listener);
    qwenvl_status status = QWENVL_FAILED;
    qwenvl_answer answer = 0;
    if (talk != NULL && bytes != NULL && text != NULL && (*env)->GetJavaVM(env, &talk->machine) == JNI_OK) {
        talk->on_token = (*env)->GetMethodID(env, listener_type, "onToken", "(III[BJ)V");
        talk->on_finish = talk->on_token == NULL ? NULL : (*env)->GetMethodID(env, listener_type, "onFinish", "(I[BIIIJ)V");
        talk->listener = talk->on_finish == NULL ? NULL : (*env)->NewGlobalRef(env, listener);
        if (talk->listener != NULL) {
            /* From here on the answer's thread owns talk, and may have freed it before this call returns: it is not read again. */
            jobject held = talk->listener;
            status = qwenvl_generate((qwenvl_client)client, (const uint8_t *)bytes, (size_t)(*env)->GetArrayLength(env, image), text, &options,
                                     on_token, on_finish, talk, &answer);
            if (status == QWENVL_OK) talk = NULL;
            else (*env)->DeleteGlobalRef(env, held);
        }
    }
    free(talk);
    free(text);
    if (bytes != NULL) (*env)->ReleaseByteArrayElements(env, image, bytes, JNI_ABORT);
    jlong value = (jlong)answer;
    (*env)->SetLongArrayRegion(env, handle, 0, 1, &value);
    return status;
}

JNIEXPORT jint JNICALL NATIVE(cancel)(JNIEnv *env, jclass type, jlong answer)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_cancel((qwenvl_answer)answer);
}

JNIEXPORT jint JNICALL NATIVE(freeAnswer)(JNIEnv *env, jclass type, jlong answer)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_answer_free((qwenvl_answer)answer);
}

JNIEXPORT jint JNICALL NATIVE(freeClient)(JNIEnv *env, jclass type, jlong client)
{
    UNUSED(env);
    UNUSED(type);
    return qwenvl_client_free((qwenvl_client)client);
}
