namespace QwenVl.Pictures;

/// <summary>What a picture shows and which questions it comes with.</summary>
public enum PictureKind
{
    /// <summary>A sign to read and to translate.</summary>
    Sign,

    /// <summary>Shapes to describe, count, name the colour of and find the place of.</summary>
    Scene,

    /// <summary>Shapes or a sign, asking for boxes.</summary>
    Point,
}
