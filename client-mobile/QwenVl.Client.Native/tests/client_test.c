/*
 * Holds libqwenvl_client to what qwenvl_client.h promises, as a program in C uses it.
 *
 *   client_test ENGINES PICTURE PROMPT [SERVER]
 *
 * Prints a line for each thing that holds, then the answers, and ends with 0; ends with 1 at the first thing that does not.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qwenvl_client.h"

#define LONGEST_ANSWER 8192
#define CANCEL_AFTER 3
#define FOREVER UINT32_MAX

static const char *engines, *prompt;
static uint8_t *picture;
static size_t picture_bytes;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            char why[512]; \
            qwenvl_last_error(why, sizeof why); \
            fprintf(stderr, "%s:%d: %s does not hold; last error: %s\n", __FILE__, __LINE__, #condition, why); \
            exit(1); \
        } \
    } while (0)

static void holds(const char *what)
{
    printf("holds: %s\n", what);
    fflush(stdout);
}

/* What one answer's callbacks saw. */
typedef struct {
    char text[LONGEST_ANSWER];
    size_t bytes;
    int tokens, cloud_tokens, device_tokens, finishes, cancel_after;
    qwenvl_status status;
    qwenvl_answer answer;
    qwenvl_client client;
    pthread_t thread;
    int called;
    qwenvl_status client_free_within, wait_within;
    int probe; /* calls functions that wait from within */
    int free_within;
} heard;

static void same_thread(heard *it)
{
    if (it->called++ == 0) it->thread = pthread_self();
    CHECK(pthread_equal(it->thread, pthread_self()));
}

static void on_token(void *user, const qwenvl_token *token)
{
    heard *it = user;
    same_thread(it);
    CHECK(token->size >= sizeof *token);
    CHECK(it->finishes == 0);
    CHECK(token->index == it->tokens);
    CHECK(strlen(token->text) == token->text_bytes);
    CHECK(it->bytes + token->text_bytes < sizeof it->text);
    memcpy(it->text + it->bytes, token->text, token->text_bytes + 1);
    it->bytes += token->text_bytes;
    it->tokens++;
    if (token->source == QWENVL_SOURCE_CLOUD) it->cloud_tokens++;
    else it->device_tokens++;
    if (it->tokens == it->cancel_after) CHECK(qwenvl_cancel(it->answer) == QWENVL_OK);
    if (it->probe && it->tokens == 1) {
        it->client_free_within = qwenvl_client_free(it->client);
        it->wait_within = qwenvl_answer_wait(it->answer, FOREVER);
    }
}

static void on_finish(void *user, qwenvl_status status, const qwenvl_summary *summary, const char *error)
{
    heard *it = user;
    same_thread(it);
    it->finishes++;
    it->status = status;
    if (status == QWENVL_OK) {
        CHECK(summary != NULL && error == NULL);
        CHECK(summary->size >= sizeof *summary);
        CHECK(strcmp(summary->text, it->text) == 0);
        CHECK(summary->cloud_tokens == it->cloud_tokens && summary->device_tokens == it->device_tokens);
        CHECK(summary->total_us >= summary->first_token_us && summary->first_token_us > 0);
    } else {
        CHECK(summary == NULL && error != NULL && error[0] != '\0');
    }
    if (it->free_within) CHECK(qwenvl_answer_free(it->answer) == QWENVL_OK);
}

static qwenvl_client create(const char *server)
{
    qwenvl_client_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.device_engine_path = engines;
    options.server_address = server;
    options.device_threads = 1;
    qwenvl_client client;
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_OK && client != 0);
    return client;
}

static qwenvl_generate_options by(qwenvl_route route)
{
    qwenvl_generate_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.route = route;
    options.max_new_tokens = 64;
    return options;
}

static void start(qwenvl_client client, qwenvl_route route, heard *it)
{
    qwenvl_generate_options options = by(route);
    it->client = client;
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &options, on_token, on_finish, it, &it->answer) == QWENVL_OK);
}

static void ask(qwenvl_client client, qwenvl_route route, heard *it)
{
    start(client, route, it);
    CHECK(qwenvl_answer_wait(it->answer, FOREVER) == QWENVL_OK);
    CHECK(it->finishes == 1);
    CHECK(qwenvl_answer_free(it->answer) == QWENVL_OK);
}

static void test_bad_arguments(void)
{
    qwenvl_client client = 1;
    qwenvl_client_options options;
    memset(&options, 0, sizeof options);
    CHECK(qwenvl_abi_version() == QWENVL_ABI_VERSION);
    CHECK(qwenvl_client_create(NULL, &client) == QWENVL_INVALID_ARGUMENT && client == 0);
    CHECK(qwenvl_client_create(&options, NULL) == QWENVL_INVALID_ARGUMENT);
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT); /* no size */
    options.size = UINT32_MAX;
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT); /* nonsense for a size */
    options.size = sizeof options;
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT); /* neither server nor engines */
    options.device_engine_path = "/nowhere";
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_NO_DEVICE_ENGINES);
    options.device_engine_path = "\xff\xfe";
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT); /* no UTF-8 */
    options.device_engine_path = NULL;
    options.server_address = "not an address";
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT);
    options.server_address = "ftp://127.0.0.1";
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_INVALID_ARGUMENT && client == 0);

    char small[4];
    size_t whole = qwenvl_last_error(NULL, 0);
    CHECK(whole > sizeof small);
    CHECK(qwenvl_last_error(small, sizeof small) == whole && strlen(small) == sizeof small - 1);
    holds("bad options are refused with a reason");

    /* A program of the future: larger structures are taken while they ask for nothing new. */
    struct {
        qwenvl_client_options known;
        uint64_t later;
    } larger;
    memset(&larger, 0, sizeof larger);
    larger.known.size = sizeof larger;
    larger.known.device_engine_path = engines;
    CHECK(qwenvl_client_create(&larger.known, &client) == QWENVL_OK);
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    larger.later = 1;
    CHECK(qwenvl_client_create(&larger.known, &client) == QWENVL_INVALID_ARGUMENT);
    holds("a larger structure is taken while its new part is zero");

    heard it;
    memset(&it, 0, sizeof it);
    client = create(NULL);
    qwenvl_generate_options how = by(QWENVL_ROUTE_DEVICE_ONLY);
    qwenvl_answer answer = 1;
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &how, on_token, on_finish, &it, NULL) == QWENVL_INVALID_ARGUMENT);
    CHECK(qwenvl_generate(client, NULL, 9, prompt, &how, on_token, on_finish, &it, &answer) == QWENVL_INVALID_ARGUMENT && answer == 0);
    CHECK(qwenvl_generate(client, picture, 0, prompt, &how, on_token, on_finish, &it, &answer) == QWENVL_IMAGE_UNREADABLE);
    CHECK(qwenvl_generate(client, picture, picture_bytes, NULL, &how, on_token, on_finish, &it, &answer) == QWENVL_INVALID_ARGUMENT);
    CHECK(qwenvl_generate(client, picture, picture_bytes, "\xc3\x28", &how, on_token, on_finish, &it, &answer) == QWENVL_INVALID_ARGUMENT);
    how.route = 77;
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &how, on_token, on_finish, &it, &answer) == QWENVL_INVALID_ARGUMENT);
    how.route = QWENVL_ROUTE_DEVICE_ONLY;
    how.size = 3;
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &how, on_token, on_finish, &it, &answer) == QWENVL_INVALID_ARGUMENT && answer == 0);
    CHECK(it.called == 0);
    CHECK(qwenvl_warm_up(client, 0, 9) == QWENVL_INVALID_ARGUMENT && qwenvl_warm_up(client, UINT32_MAX, UINT32_MAX) == QWENVL_INVALID_ARGUMENT);
    CHECK(qwenvl_connect(client) == QWENVL_INVALID_ARGUMENT); /* there is no server */

    /* What shows only later comes to on_finish. */
    uint8_t noise[] = "this is no picture";
    CHECK(qwenvl_generate(client, noise, sizeof noise, prompt, NULL, on_token, on_finish, &it, &it.answer) == QWENVL_OK);
    CHECK(qwenvl_answer_wait(it.answer, FOREVER) == QWENVL_OK && it.finishes == 1);
    CHECK(it.status == QWENVL_IMAGE_UNREADABLE || it.status == QWENVL_NOT_CONNECTED);
    CHECK(qwenvl_answer_free(it.answer) == QWENVL_OK);
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    holds("bad questions are refused, and call nobody back");
}

static void test_handles(void)
{
    heard it;
    memset(&it, 0, sizeof it);
    qwenvl_client client = create(NULL);
    ask(client, QWENVL_ROUTE_DEVICE_ONLY, &it);
    CHECK(it.status == QWENVL_OK);
    CHECK(qwenvl_answer_free(it.answer) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_cancel(it.answer) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_answer_wait(it.answer, FOREVER) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_cancel(client) == QWENVL_INVALID_HANDLE); /* of another kind */
    CHECK(qwenvl_client_free(it.answer) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    CHECK(qwenvl_client_free(client) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_warm_up(client, 64, 64) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_connect(client) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_is_connected(client) == 0);
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, NULL, on_token, on_finish, &it, &it.answer) == QWENVL_INVALID_HANDLE && it.answer == 0);
    CHECK(qwenvl_client_free(0) == QWENVL_INVALID_HANDLE && qwenvl_client_free(0xdeadbeefdeadbeefu) == QWENVL_INVALID_HANDLE);
    holds("handles that were freed or made up are refused");
}

static void test_cancel(qwenvl_client client)
{
    heard it;
    memset(&it, 0, sizeof it);
    it.cancel_after = CANCEL_AFTER;
    qwenvl_generate_options options = by(QWENVL_ROUTE_DEVICE_ONLY);
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &options, on_token, on_finish, &it, &it.answer) == QWENVL_OK);
    CHECK(qwenvl_answer_wait(it.answer, FOREVER) == QWENVL_OK);
    CHECK(it.status == QWENVL_CANCELLED && it.tokens == CANCEL_AFTER && it.finishes == 1);
    CHECK(qwenvl_cancel(it.answer) == QWENVL_OK); /* again does nothing */
    CHECK(qwenvl_answer_free(it.answer) == QWENVL_OK);
    holds("cancelling from within a callback ends the answer there");

    memset(&it, 0, sizeof it);
    start(client, QWENVL_ROUTE_DEVICE_ONLY, &it);
    CHECK(qwenvl_answer_free(it.answer) == QWENVL_OK);
    CHECK(it.finishes == 1 && it.status == QWENVL_CANCELLED);
    holds("freeing a running answer returns after its last callback");
}

static void test_reentrancy(qwenvl_client client)
{
    heard it;
    memset(&it, 0, sizeof it);
    it.probe = 1;
    ask(client, QWENVL_ROUTE_DEVICE_ONLY, &it);
    CHECK(it.client_free_within == QWENVL_WRONG_THREAD && it.wait_within == QWENVL_WRONG_THREAD && it.status == QWENVL_OK);
    holds("functions that wait are refused within a callback");

    /* Freed by its own last callback: the client's end waits for that one. */
    heard last;
    memset(&last, 0, sizeof last);
    last.free_within = 1;
    qwenvl_client own = create(NULL);
    start(own, QWENVL_ROUTE_DEVICE_ONLY, &last);
    CHECK(qwenvl_client_free(own) == QWENVL_OK);
    CHECK(last.finishes == 1 && (last.status == QWENVL_CANCELLED || last.status == QWENVL_OK));
    CHECK(qwenvl_answer_free(last.answer) == QWENVL_INVALID_HANDLE);
    holds("freeing a client ends its answers, which may free themselves");
}

static void test_nobody_listens(qwenvl_client client)
{
    qwenvl_answer answer;
    qwenvl_generate_options options = by(QWENVL_ROUTE_DEVICE_ONLY);
    CHECK(qwenvl_generate(client, picture, picture_bytes, prompt, &options, NULL, NULL, NULL, &answer) == QWENVL_OK);
    qwenvl_status soon = qwenvl_answer_wait(answer, 0);
    CHECK(soon == QWENVL_TIMEOUT || soon == QWENVL_OK);
    CHECK(qwenvl_answer_wait(answer, FOREVER) == QWENVL_OK);
    CHECK(qwenvl_answer_free(answer) == QWENVL_OK);
    holds("an answer without callbacks is waited for");
}

typedef struct {
    qwenvl_client client;
    heard it;
} worker;

static void *ask_on_thread(void *argument)
{
    worker *work = argument;
    ask(work->client, QWENVL_ROUTE_DEVICE_ONLY, &work->it);
    /* This thread's errors are its own. */
    CHECK(qwenvl_last_error(NULL, 0) == 0);
    CHECK(qwenvl_cancel(work->it.answer) == QWENVL_INVALID_HANDLE);
    CHECK(qwenvl_last_error(NULL, 0) > 0);
    return NULL;
}

static void test_two_threads(qwenvl_client client, const char *expected)
{
    static worker workers[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        workers[i].client = client;
        CHECK(pthread_create(&threads[i], NULL, ask_on_thread, &workers[i]) == 0);
    }
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(workers[i].it.status == QWENVL_OK && strcmp(workers[i].it.text, expected) == 0);
    }
    holds("two threads ask the same client and get the same answer as one");
}

static void test_server(const char *server, const char *expected)
{
    heard it;
    qwenvl_client client = create(server);
    memset(&it, 0, sizeof it);
    CHECK(qwenvl_is_connected(client) == 0);
    ask(client, QWENVL_ROUTE_CLOUD_ONLY, &it);
    CHECK(it.status == QWENVL_NOT_CONNECTED);
    CHECK(qwenvl_connect(client) == QWENVL_OK && qwenvl_is_connected(client) == 1);
    CHECK(qwenvl_connect(client) == QWENVL_OK); /* again does nothing */
    const qwenvl_route routes[] = { QWENVL_ROUTE_CLOUD_ONLY, QWENVL_ROUTE_CLOUD_FEATURES, QWENVL_ROUTE_HYBRID };
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        memset(&it, 0, sizeof it);
        ask(client, routes[i], &it);
        CHECK(it.status == QWENVL_OK && it.tokens > 0);
        CHECK(routes[i] != QWENVL_ROUTE_CLOUD_ONLY || it.device_tokens == 0);
        CHECK(routes[i] != QWENVL_ROUTE_CLOUD_FEATURES || it.cloud_tokens == 0);
        CHECK(routes[i] != QWENVL_ROUTE_HYBRID || it.cloud_tokens > 0);
        CHECK(routes[i] != QWENVL_ROUTE_CLOUD_FEATURES || strcmp(it.text, expected) == 0);
        printf("route %d: %d server + %d device tokens: %s\n", routes[i], it.cloud_tokens, it.device_tokens, it.text);
    }
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    holds("a real server is asked by every route");

    qwenvl_client_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.server_address = "http://127.0.0.1:1";
    CHECK(qwenvl_client_create(&options, &client) == QWENVL_OK);
    CHECK(qwenvl_connect(client) == QWENVL_CONNECTION_FAILED);
    CHECK(qwenvl_warm_up(client, 64, 64) == QWENVL_NO_DEVICE_ENGINES);
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    holds("a server that is not there is an error, not a wait");
}

static void read_picture(const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long bytes = ftell(file);
    CHECK(bytes > 0 && fseek(file, 0, SEEK_SET) == 0);
    picture_bytes = (size_t)bytes;
    picture = malloc(picture_bytes);
    CHECK(picture != NULL && fread(picture, 1, picture_bytes, file) == picture_bytes);
    fclose(file);
}

int main(int count, char **arguments)
{
    if (count != 4 && count != 5) {
        fprintf(stderr, "client_test ENGINES PICTURE PROMPT [SERVER]\n");
        return 2;
    }
    engines = arguments[1];
    prompt = arguments[3];
    read_picture(arguments[2]);

    test_bad_arguments();
    test_handles();

    heard alone;
    memset(&alone, 0, sizeof alone);
    qwenvl_client client = create(NULL);
    CHECK(qwenvl_warm_up(client, 512, 512) == QWENVL_OK);
    ask(client, QWENVL_ROUTE_DEVICE_ONLY, &alone);
    CHECK(alone.status == QWENVL_OK && alone.device_tokens > CANCEL_AFTER && alone.cloud_tokens == 0);
    printf("device: %s\n", alone.text);
    holds("the device answers alone");

    test_cancel(client);
    test_reentrancy(client);
    test_nobody_listens(client);
    test_two_threads(client, alone.text);
    CHECK(qwenvl_client_free(client) == QWENVL_OK);
    if (count == 5) test_server(arguments[4], alone.text);
    free(picture);
    puts("all hold");
    return 0;
}
