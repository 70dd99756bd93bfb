package dev.qwenvl.client

/** The functions of qwenvl_jni.c. Text is UTF-8 in byte arrays; what is returned is a status. */
internal object NativeLibrary {
    init {
        System.loadLibrary("qwenvl_jni")
    }

    @JvmStatic external fun lastError(): ByteArray

    @JvmStatic external fun create(server: ByteArray?, key: ByteArray?, engines: ByteArray?, threads: Int, handle: LongArray): Int

    @JvmStatic external fun connect(client: Long): Int

    @JvmStatic external fun isConnected(client: Long): Boolean

    @JvmStatic external fun warmUp(client: Long, width: Int, height: Int): Int

    @JvmStatic external fun generate(
        client: Long, image: ByteArray, prompt: ByteArray, route: Int, resolution: Int,
        maxNewTokens: Int, temperature: Float, seed: Long, listener: Any, handle: LongArray
    ): Int

    @JvmStatic external fun cancel(answer: Long): Int

    @JvmStatic external fun freeAnswer(answer: Long): Int

    @JvmStatic external fun freeClient(client: Long): Int
}
