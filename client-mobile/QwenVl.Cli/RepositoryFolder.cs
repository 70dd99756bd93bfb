namespace QwenVl.Cli;

/// <summary>Where this program was built: the embedded checkpoints and the built server lie beside it.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder that holds <c>engines/nano</c>; null where the program was moved out of its repository.</summary>
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The embedded checkpoint that a device runs.</summary>
    public static string DeviceCheckpoint => Path.Combine(Required("the embedded checkpoint", "--device-model"), "engines", "nano", "device");

    /// <summary>The demo's pictures.</summary>
    public static string Samples => Path.Combine(Required("the sample pictures", "--samples"), "engines", "nano", "samples");

    /// <summary>Pictures that the embedded checkpoints were not trained on, with questions.</summary>
    public static string HeldOutPictures => Path.Combine(Required("the held-out pictures", "--pictures"), "engines", "nano", "pictures");

    internal static string? Find(string from)
    {
        for (DirectoryInfo? folder = new(from); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "engines", "nano"))) return folder.FullName;
        }

        return null;
    }

    private static string Required(string what, string option) =>
        Root ?? throw new CliException($"{AppContext.BaseDirectory} is not within the repository, so {what} cannot be found: name another with {option}.");
}
