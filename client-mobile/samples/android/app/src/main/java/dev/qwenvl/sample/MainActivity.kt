package dev.qwenvl.sample

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.qwenvl.client.Answer
import dev.qwenvl.client.AnswerListener
import dev.qwenvl.client.GenerateOptions
import dev.qwenvl.client.QwenVlClient
import dev.qwenvl.client.QwenVlException
import dev.qwenvl.client.Route
import dev.qwenvl.client.Summary
import dev.qwenvl.client.Token
import java.io.File
import java.util.concurrent.Executors

/** Chooses a picture, asks about it and shows the answer as it comes. */
class MainActivity : Activity() {
    private val background = Executors.newSingleThreadExecutor()
    private lateinit var server: EditText
    private lateinit var prompt: EditText
    private lateinit var shown: TextView
    private var client: QwenVlClient? = null
    private var answer: Answer? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        server = EditText(this).apply { hint = "http://192.168.1.2:8001; empty: this device alone" }
        prompt = EditText(this).apply { setText("What is in the picture?") }
        shown = TextView(this)
        val choose = Button(this).apply {
            text = "Choose a picture and ask"
            setOnClickListener { startActivityForResult(Intent(Intent.ACTION_GET_CONTENT).setType("image/*"), PICTURE) }
        }
        val stop = Button(this).apply {
            text = "Stop"
            setOnClickListener { answer?.cancel() }
        }
        setContentView(ScrollView(this).apply {
            addView(LinearLayout(this@MainActivity).apply {
                orientation = LinearLayout.VERTICAL
                listOf(server, prompt, choose, stop, shown).forEach { addView(it) }
            })
        })
    }

    @Deprecated("The platform's own way needs no library.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        val picture = data?.data ?: return
        val question = prompt.text.toString()
        val address = server.text.toString().trim().ifEmpty { null }
        shown.text = ""
        background.execute {
            try {
                val bytes = contentResolver.openInputStream(picture)!!.use { it.readBytes() }
                ask(bytes, question, address)
            } catch (error: QwenVlException) {
                show("\n${error.message}")
            }
        }
    }

    override fun onDestroy() {
        // What is under way ends here; waits for the last callback, so not on the screen's thread.
        background.execute {
            answer?.close()
            client?.close()
        }
        background.shutdown()
        super.onDestroy()
    }

    private fun ask(picture: ByteArray, question: String, address: String?) {
        val engines = File(filesDir, "engines")
        val asking = client ?: QwenVlClient(address, engines = engines.path.takeIf { engines.exists() }).also { client = it }
        if (address != null && !asking.isConnected) asking.connect()
        answer?.close()
        answer = asking.generate(picture, question, object : AnswerListener {
            override fun onToken(token: Token) = show(token.text)

            override fun onFinish(summary: Summary?, error: QwenVlException?) =
                show(if (summary == null) "\n${error?.message}" else "\n${summary.cloudTokens} tokens by the server, ${summary.deviceTokens} by this device")
        }, GenerateOptions(if (address == null) Route.DEVICE_ONLY else Route.DEFAULT))
    }

    private fun show(text: String) = runOnUiThread { shown.append(text) }

    private companion object {
        const val PICTURE = 1
    }
}
