package dev.qwenvl.client

/** The one exception of this library. [status] is for programs and has the numbers of qwenvl_client.h; the message is for people. */
class QwenVlException(val status: Int, message: String) : Exception(message) {
    companion object {
        const val NOT_CONNECTED = 2
        const val CONNECTION_FAILED = 3
        const val CONNECTION_LOST = 4
        const val IMAGE_UNREADABLE = 10
        const val LIMIT_EXCEEDED = 13
        const val NO_DEVICE_ENGINES = 15
        const val CANCELLED = 100

        internal const val OK = 0

        internal fun check(status: Int) {
            if (status != OK) throw QwenVlException(status, String(NativeLibrary.lastError(), Charsets.UTF_8))
        }
    }
}
