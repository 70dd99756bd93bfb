using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;

namespace QwenVl.Engines.Plans;

/// <summary>A file of kernels' timings, which spares a later build to measure them again.</summary>
internal static class TimingCacheFile
{
    /// <summary>Gives a configuration the timings of the file, or none where it is missing or of another GPU or version.</summary>
    /// <returns>What the build then extends; the caller disposes it.</returns>
    public static TimingCache Load(BuilderConfig config, string path)
    {
        if (Read(path) is { } bytes)
        {
            TimingCache? known = null;
            try
            {
                known = config.CreateTimingCache(bytes);
                config.SetTimingCache(known);
                return known;
            }
            catch (TensorRtException)
            {
                // It costs time, and nothing else: the file is replaced after the build.
                known?.Dispose();
            }
        }

        TimingCache empty = config.CreateTimingCache();
        config.SetTimingCache(empty);
        return empty;
    }

    /// <summary>Keeps the timings where that can be; a plan that took minutes is not thrown away for want of them.</summary>
    public static void Save(TimingCache cache, string path)
    {
        try
        {
            using HostMemory bytes = cache.Serialize();
            Write(path, bytes.CopyTo);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or TensorRtException)
        {
            // The next build measures again.
        }
    }

    /// <returns>The file's bytes; null where there is none that can be read.</returns>
    internal static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file at once, so that a build beside this one reads the old or the new timings, and never a part.</summary>
    internal static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (FileStream file = File.Create(partial)) write(file);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
