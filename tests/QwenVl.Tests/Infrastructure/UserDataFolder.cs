using System.Runtime.CompilerServices;

namespace QwenVl.Tests.Infrastructure;

/// <summary>
/// The caches that programs keep for a user, engines and fingerprints, are a fresh folder for the tests: no run depends
/// on an earlier one or leaves anything with whoever runs it.
/// </summary>
internal static class UserDataFolder
{
    // Linux takes this folder from the environment; elsewhere the user's own caches are used.
    private const string Variable = "XDG_DATA_HOME";

    [ModuleInitializer]
    public static void Redirect()
    {
        var folder = new TemporaryFolder();
        Environment.SetEnvironmentVariable(Variable, folder.Path);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
    }
}
