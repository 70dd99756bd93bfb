using System.CommandLine;
using QwenVl.Engines.Tool.Checkpoints;
using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Model.Text;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>inspect DIR</c>: what a checkpoint holds, and what is wrong with it.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Checkpoint_ = CheckpointArgument.Create();

    public static Command Create()
    {
        var command = new Command("inspect", "Says what a checkpoint holds and what is wrong with it.") { Checkpoint_ };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var console = new ToolConsole(arguments);
        string directory = CheckpointArgument.Read(arguments, Checkpoint_);
        ModelConfig config = ModelConfigReader.Read(directory);
        console.Write(ShapeTable.Create(directory, config));

        // Weights and tokenizer are looked into independently: somebody who repairs one wants to know of the other.
        var problems = new List<string>();
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(directory);
            console.Write(PartTable.Create(checkpoint));
            console.Write(FileTable.Create(checkpoint));
            CheckpointFingerprint fingerprint = await console.WithProgressAsync("Reading weights", progress =>
                Task.Run(() => CheckpointFingerprint.Compute(checkpoint, new FingerprintProgress(progress), cancellationToken), cancellationToken));
            console.WriteLine($"model      {fingerprint.Model}");
            console.WriteLine($"tokenizer  {fingerprint.Tokenizer}");
        }
        catch (CheckpointException problem)
        {
            problems.Add(problem.Message);
        }

        string tokenizer = Path.Combine(directory, "tokenizer.json");
        if (File.Exists(tokenizer)) problems.AddRange(Problems(tokenizer, config, console));
        foreach (string problem in problems) console.WriteProblem(problem);
        if (problems.Count > 0) return 1;
        console.WriteLine("Nothing is wrong with it.");
        return 0;
    }

    private static IReadOnlyList<string> Problems(string path, ModelConfig config, ToolConsole console)
    {
        try
        {
            QwenTokenizer tokenizer = QwenTokenizer.Load(path);
            console.WriteLine($"{Path.GetFileName(path)}: {Quantities.Count(tokenizer.VocabularySize)} ids, of which the embedding table has {Quantities.Count(config.Text.VocabularySize)} rows");
            return TokenizerAgreement.Problems(path, tokenizer, config);
        }
        catch (InvalidDataException problem)
        {
            return [problem.Message];
        }
    }
}
