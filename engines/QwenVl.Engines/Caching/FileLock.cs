namespace QwenVl.Engines.Caching;

/// <summary>
/// Excludes other threads and other processes by an open file. The operating system frees it when a process dies; the
/// empty file stays, since deleting it could leave two owners.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    // A sharing violation as Windows, Linux and macOS number it; every other error is the caller's to know.
    private static readonly int[] InUse = [unchecked((int)0x80070020), 11, 35];

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <param name="path">The file; its folder exists.</param>
    /// <param name="time">Measures the pauses between tries.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FileLock> AcquireAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (InUse.Contains(error.HResult))
            {
                await Task.Delay(RetryInterval, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
