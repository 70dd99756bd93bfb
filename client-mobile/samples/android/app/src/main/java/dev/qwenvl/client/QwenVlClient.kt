package dev.qwenvl.client

import java.io.Closeable
import java.text.Normalizer

/** Who does what; the numbers of qwenvl_client.h. */
enum class Route(internal val number: Int) { DEFAULT(0), HYBRID(1), CLOUD_ONLY(2), CLOUD_FEATURES(3), DEVICE_ONLY(4) }

/** How many pixels of the picture the models see. */
enum class Resolution(internal val number: Int) { AUTO(0), PIXELS_512(1), PIXELS_1024(2) }

/** How one question is answered. Zero leaves the library's default. */
class GenerateOptions(
    val route: Route = Route.DEFAULT,
    val resolution: Resolution = Resolution.AUTO,
    val maxNewTokens: Int = 0,
    val temperature: Float = 0f,
    val seed: Long = 0
)

/** One token: [text] is what the reader now sees more. */
class Token(val index: Int, val id: Int, val fromDevice: Boolean, val text: String, val elapsedMicroseconds: Long)

/** An answer when it is complete. [takenOverAt] is -1 where the device did not take over. */
class Summary(val text: String, val cloudTokens: Int, val deviceTokens: Int, val takenOverAt: Int, val totalMicroseconds: Long)

/** Hears an answer, on a thread that belongs to it: post to the screen's own. */
interface AnswerListener {
    fun onToken(token: Token)

    /** Once and last: a summary, or an error. */
    fun onFinish(summary: Summary?, error: QwenVlException?)
}

/** A question that is being answered. Close it in the end, but not from within its own listener where the end is awaited. */
class Answer internal constructor(private val handle: Long) : Closeable {
    /** Gives the question up, on the server too; the listener hears of it. Does not wait. */
    fun cancel() {
        NativeLibrary.cancel(handle)
    }

    /** Cancels what has not ended, and waits until the listener was called for the last time. */
    override fun close() {
        NativeLibrary.freeAnswer(handle)
    }
}

/**
 * Asks Qwen3-VL about pictures. All functions may be called from any thread; [connect], [warmUp] and [close] wait, so never
 * from the screen's.
 *
 * @param server such as "http://192.168.1.2:8001"; null: the device works alone
 * @param engines a folder of engines; null: the server's tokens only
 */
class QwenVlClient(server: String? = null, apiKey: String? = null, engines: String? = null, threads: Int = 0) : Closeable {
    private val handle: Long

    init {
        val created = LongArray(1)
        QwenVlException.check(NativeLibrary.create(server?.toByteArray(), apiKey?.toByteArray(), engines?.toByteArray(), threads, created))
        handle = created[0]
    }

    val isConnected: Boolean get() = NativeLibrary.isConnected(handle)

    /** Connects, and compares both ends. Again after the connection was lost. */
    fun connect() = QwenVlException.check(NativeLibrary.connect(handle))

    /** Runs the device's engines once, so that the first question finds them ready. */
    fun warmUp(width: Int, height: Int) = QwenVlException.check(NativeLibrary.warmUp(handle, width, height))

    /** Asks about an encoded picture (JPEG, PNG, WebP, BMP) and returns at once. */
    fun generate(image: ByteArray, prompt: String, listener: AnswerListener, options: GenerateOptions = GenerateOptions()): Answer {
        val started = LongArray(1)
        // The library carries no tables for it: Java's do.
        val normal = Normalizer.normalize(prompt, Normalizer.Form.NFC).toByteArray()
        QwenVlException.check(
            NativeLibrary.generate(
                handle, image, normal, options.route.number, options.resolution.number, options.maxNewTokens,
                options.temperature, options.seed, Relay(listener), started
            )
        )
        return Answer(started[0])
    }

    /** Ends the answers, closes the connection, frees the engines. */
    override fun close() {
        NativeLibrary.freeClient(handle)
    }

    /** What qwenvl_jni.c calls. */
    @Suppress("unused")
    private class Relay(private val listener: AnswerListener) {
        fun onToken(index: Int, id: Int, source: Int, text: ByteArray, elapsedMicroseconds: Long) =
            listener.onToken(Token(index, id, source == 1, String(text, Charsets.UTF_8), elapsedMicroseconds))

        fun onFinish(status: Int, text: ByteArray, cloudTokens: Int, deviceTokens: Int, takenOverAt: Int, totalMicroseconds: Long) {
            val told = String(text, Charsets.UTF_8)
            if (status == QwenVlException.OK) listener.onFinish(Summary(told, cloudTokens, deviceTokens, takenOverAt, totalMicroseconds), null)
            else listener.onFinish(null, QwenVlException(status, told))
        }
    }
}
