using System.Text;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Client.Images;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Makes files that no cache has met: the same pixels, with a comment of its own each. Safe for concurrent use.</summary>
internal sealed class FreshPictures(string run)
{
    private int _made;

    /// <summary>Makes one.</summary>
    public ClientImage Of(byte[] jpeg) => ClientImage.FromBytes(PictureLibrary.WithComment(jpeg, Encoding.ASCII.GetBytes($"{run} {Interlocked.Increment(ref _made)}")));
}
