using Microsoft.Win32.SafeHandles;

namespace QwenVl.Model.Checkpoints;

/// <summary>Opens files and reads stretches of them, telling in one line what went wrong.</summary>
internal static class FileBytes
{
    public static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be opened ({error.Message})", error);
        }
    }

    public static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read ({error.Message})", error);
        }
    }

    public static void ReadExactly(SafeFileHandle file, string path, long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read;
            try
            {
                read = RandomAccess.Read(file, destination, offset);
            }
            catch (IOException error)
            {
                throw new CheckpointException($"{path}: cannot be read at byte {offset} ({error.Message})", error);
            }

            if (read == 0) throw new CheckpointException($"{path}: ends at byte {offset}, {destination.Length} bytes too early; it was changed while open.");
            destination = destination[read..];
            offset += read;
        }
    }
}
