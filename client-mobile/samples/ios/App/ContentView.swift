import PhotosUI
import QwenVl
import SwiftUI

/// Chooses a picture, asks about it and shows the answer as it comes.
struct ContentView: View {
    @State private var server = ""
    @State private var prompt = "What is in the picture?"
    @State private var chosen: PhotosPickerItem?
    @State private var answer = ""
    @State private var asking: Task<Void, Never>?

    var body: some View {
        Form {
            TextField("http://192.168.1.2:8001; empty: this device alone", text: $server)
            TextField("Prompt", text: $prompt)
            PhotosPicker("Choose a picture and ask", selection: $chosen, matching: .images)
            Button("Stop") { asking?.cancel() }
            Text(answer)
        }
        .onChange(of: chosen) { item in
            guard let item else { return }
            asking?.cancel()
            asking = Task { await ask(item) }
        }
    }

    @MainActor
    private func ask(_ item: PhotosPickerItem) async {
        answer = ""
        do {
            guard let picture = try await item.loadTransferable(type: Data.self) else { return }
            let engines = Bundle.main.path(forResource: "engines", ofType: nil)
            let client = try QwenVlClient(server: server.isEmpty ? nil : server, engines: engines)
            if !server.isEmpty { try await client.connect() }
            for try await token in client.generate(image: picture, prompt: prompt, route: server.isEmpty ? .deviceOnly : .standard) {
                answer += token.text
            }
        } catch {
            answer += "\n\(error.localizedDescription)"
        }
    }
}
