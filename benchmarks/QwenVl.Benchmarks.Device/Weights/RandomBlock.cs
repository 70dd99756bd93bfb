namespace QwenVl.Benchmarks.Device.Weights;

/// <summary>A block of random bytes that is written again and again: gigabytes take as long as the disk takes.</summary>
internal sealed class RandomBlock
{
    private readonly byte[] _bytes;
    private int _at;

    /// <param name="bytes">The block; its length is not that of any matrix, so that rows differ.</param>
    public RandomBlock(byte[] bytes) => _bytes = bytes;

    /// <summary>Writes so many bytes, from where the last call ended.</summary>
    public void CopyTo(Stream stream, long count)
    {
        while (count > 0)
        {
            int length = (int)Math.Min(count, _bytes.Length - _at);
            stream.Write(_bytes, _at, length);
            _at = (_at + length) % _bytes.Length;
            count -= length;
        }
    }
}
