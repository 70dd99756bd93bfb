import dev.qwenvl.client.AnswerListener
import dev.qwenvl.client.GenerateOptions
import dev.qwenvl.client.QwenVlClient
import dev.qwenvl.client.QwenVlException
import dev.qwenvl.client.Route
import dev.qwenvl.client.Summary
import dev.qwenvl.client.Token
import java.io.File
import java.util.concurrent.CountDownLatch

/** Asks as the app does, on a desktop's Java: AskCheck ENGINES PICTURE PROMPT. */
fun main(arguments: Array<String>) {
    try {
        QwenVlClient(engines = "/nowhere")
        error("engines that are not there were taken")
    } catch (missing: QwenVlException) {
        check(missing.status == QwenVlException.NO_DEVICE_ENGINES) { missing.status }
        println("refused: ${missing.message}")
    }

    QwenVlClient(engines = arguments[0]).use { client ->
        client.warmUp(512, 512)
        val picture = File(arguments[1]).readBytes()
        val options = GenerateOptions(Route.DEVICE_ONLY)
        for (cancelAfter in listOf(Int.MAX_VALUE, 3)) {
            val ended = CountDownLatch(1)
            val text = StringBuilder()
            var tokens = 0
            var finish: Pair<Summary?, QwenVlException?>? = null
            var cancel = {}
            val started = CountDownLatch(1)
            val answer = client.generate(picture, arguments[2], object : AnswerListener {
                override fun onToken(token: Token) {
                    started.await()
                    check(token.index == tokens)
                    text.append(token.text)
                    if (++tokens == cancelAfter) cancel()
                }

                override fun onFinish(summary: Summary?, error: QwenVlException?) {
                    finish = Pair(summary, error)
                    ended.countDown()
                }
            }, options)
            cancel = { answer.cancel() }
            started.countDown()
            ended.await()
            answer.close()
            val (summary, error) = finish!!
            if (cancelAfter == Int.MAX_VALUE) {
                check(summary!!.text == text.toString() && summary.deviceTokens == tokens)
                println("answer: $text")
            } else {
                check(error!!.status == QwenVlException.CANCELLED && tokens == cancelAfter)
                println("cancelled after $tokens tokens: ${error.message}")
            }
        }

        // A listener that throws harms nobody but itself.
        val ended = CountDownLatch(1)
        client.generate(picture, arguments[2], object : AnswerListener {
            override fun onToken(token: Token) = throw IllegalStateException("meant to be printed")

            override fun onFinish(summary: Summary?, error: QwenVlException?) = ended.countDown()
        }, options).use { ended.await() }
    }
    println("all hold")
}
