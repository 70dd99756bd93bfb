using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace QwenVl.Client.Routing;

/// <summary>
/// Keeps a calibration in a file, for the engines that it was measured with. A file that is damaged or of other engines counts as
/// none and is written over; it is replaced at once, so that nobody reads half of one. What cannot be written is measured again.
/// </summary>
/// <param name="path">The file; its folder is made where it is missing.</param>
/// <param name="engine">What is measured.</param>
/// <param name="logger">Is told what cannot be written.</param>
internal sealed partial class CalibrationStore(string path, string engine, ILogger logger)
{
    private const int MostBytes = 64 * 1024;
    private const int MostVisionTimes = 16;

    /// <summary>What is kept; null where there is nothing for these engines.</summary>
    public CalibrationFile? Load()
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MostBytes) return null;
            CalibrationFile? kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), CalibrationJson.Default.CalibrationFile);
            return kept is not null && IsUsable(kept) ? kept : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Replaces what is kept.</summary>
    public void Save(DeviceFacts facts)
    {
        var file = new CalibrationFile
        {
            Version = CalibrationFile.CurrentVersion,
            Engine = engine,
            Vision = facts.Vision,
            PrepareSecondsPerMegapixel = facts.PrepareSecondsPerMegapixel,
            PrefillTokensPerSecond = facts.PrefillTokensPerSecond,
            DecodeTokensPerSecond = facts.DecodeTokensPerSecond,
        };
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(file, CalibrationJson.Default.CalibrationFile));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, path, error);
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder takes no files, so there is none.
        }
    }

    private static bool IsSpeed(double? value) => value is null or (> 0 and < 1e9);

    private bool IsUsable(CalibrationFile file) =>
        file.Version == CalibrationFile.CurrentVersion && file.Engine == engine
        && file.Vision is { Count: <= MostVisionTimes } times && times.All(time => time.Tokens > 0 && time.Seconds > 0 && IsSpeed(time.Seconds))
        && IsSpeed(file.PrepareSecondsPerMegapixel) && IsSpeed(file.PrefillTokensPerSecond) && IsSpeed(file.DecodeTokensPerSecond);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The calibration cannot be kept in {Path}; it will be measured again.")]
        public static partial void NotWritten(ILogger logger, string path, Exception error);
    }
}
