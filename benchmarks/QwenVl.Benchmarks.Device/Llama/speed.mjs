// Times llama.cpp on a GGUF file the way `speed` times our decoder, and prints the same line of JSON.
// node speed.mjs NODE_MODULES GGUF THREADS PROMPT ANSWER REPETITIONS
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, modelPath, threads, promptTokens, answerTokens, repetitions] = process.argv.slice(2).map((value, i) => (i < 2 ? resolve(value) : Number(value)));
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(join(modules, "node-llama-cpp/dist/index.js")));

const seconds = () => performance.now() / 1000;
const vocabulary = 151936;
// Spread over the vocabulary, so that rows of the table are not all in one page.
const prompt = Array.from({ length: promptTokens }, (_, i) => (i * 7919 + 13) % vocabulary);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads });
const start = seconds();
const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
const context = await model.createContext({ contextSize: 512, batchSize: 512, threads });
const loadSeconds = seconds() - start;
const sequence = context.getSequence();
let prefillRate = 0, decodeRate = 0;
for (let repetition = 0; repetition < repetitions; repetition++) {
    await sequence.clearHistory();
    let from = seconds();
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1));
    prefillRate = Math.max(prefillRate, (promptTokens - 1) / (seconds() - from));
    const steps = [];
    from = seconds();
    for await (const _ of sequence.evaluate(prompt.slice(-1), { temperature: 0, yieldEogToken: true })) {
        const now = seconds();
        steps.push(now - from);
        if (steps.length === answerTokens) break;
        from = seconds();
    }
    steps.sort((left, right) => left - right);
    decodeRate = Math.max(decodeRate, 1 / steps[steps.length >> 1]);
}

const status = readFileSync("/proc/self/status", "utf8");
const kibibytes = (name) => 1024 * Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))[1]);
console.log(JSON.stringify({
    loadSeconds, promptTokens, prefillRate, decodeRate, bytesPerToken: 0,
    peakBytes: kibibytes("VmHWM"), anonymousBytes: kibibytes("RssAnon"), fileBytes: kibibytes("RssFile"),
}));
process.exit(0);
