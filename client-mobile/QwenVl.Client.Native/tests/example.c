#include <stdio.h>
#include <stdlib.h>

#include "qwenvl_client.h"

static void on_token(void *user, const qwenvl_token *token)
{
    fwrite(token->text, 1, token->text_bytes, user);
}

static void on_finish(void *user, qwenvl_status status, const qwenvl_summary *summary, const char *error)
{
    if (status == QWENVL_OK) fprintf(user, "\n%d tokens by the server, %d by this device\n", summary->cloud_tokens, summary->device_tokens);
    else fprintf(user, "\n%s\n", error);
}

static int failed(void)
{
    char text[512];
    qwenvl_last_error(text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
}

/* example ENGINES PICTURE PROMPT [SERVER] */
int main(int count, char **arguments)
{
    static uint8_t picture[8 << 20];
    if (count < 4) return 2;
    FILE *file = fopen(arguments[2], "rb");
    if (file == NULL) return 2;
    size_t bytes = fread(picture, 1, sizeof picture, file);
    fclose(file);

    qwenvl_client_options options = { .size = sizeof options, .device_engine_path = arguments[1], .server_address = count > 4 ? arguments[4] : NULL };
    qwenvl_client client;
    if (qwenvl_client_create(&options, &client) != QWENVL_OK) return failed();
    if (count > 4 && qwenvl_connect(client) != QWENVL_OK) return failed();

    qwenvl_generate_options how = { .size = sizeof how, .route = count > 4 ? QWENVL_ROUTE_HYBRID : QWENVL_ROUTE_DEVICE_ONLY };
    qwenvl_answer answer;
    if (qwenvl_generate(client, picture, bytes, arguments[3], &how, on_token, on_finish, stdout, &answer) != QWENVL_OK) return failed();
    qwenvl_answer_wait(answer, UINT32_MAX); /* a screen would return to its loop here */
    qwenvl_answer_free(answer);
    qwenvl_client_free(client);
    return 0;
}
