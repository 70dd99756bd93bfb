namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>The padded size of a run of the tower: few sizes, so that each is recorded once.</summary>
/// <param name="Batch">Pictures.</param>
/// <param name="Patches">Patches of each.</param>
internal readonly record struct VisionRunShape(int Batch, int Patches)
{
    private const int FineStep = 256;
    private const int CoarseStep = 1024;

    /// <summary>The smallest run that takes so many pictures of at most so many patches.</summary>
    /// <param name="pictures">Pictures.</param>
    /// <param name="patches">Patches of the largest.</param>
    /// <param name="maxBatch">The most pictures of the plan.</param>
    /// <param name="maxPatches">The most patches of the profile.</param>
    public static VisionRunShape For(int pictures, int patches, int maxBatch, int maxPatches)
    {
        // A quarter of a small picture more is little; of a large one, a quarter of the small bucket.
        int step = patches <= CoarseStep ? FineStep : CoarseStep;
        int batch = Math.Min(maxBatch, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)pictures));
        return new VisionRunShape(batch, Math.Min(maxPatches, (patches + step - 1) / step * step));
    }

    /// <summary>All runs that <see cref="For"/> may choose of pictures of <paramref name="above"/> patches or more.</summary>
    public static IEnumerable<VisionRunShape> All(int above, int maxBatch, int maxPatches) =>
        Enumerable.Range(above, maxPatches - above + 1)
            .Select(patches => For(1, patches, maxBatch, maxPatches).Patches)
            .Distinct()
            .SelectMany(patches => Enumerable.Range(1, maxBatch).Select(pictures => For(pictures, patches, maxBatch, maxPatches)))
            .Distinct();
}
