using QwenVl.Protos.V1;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Server.Streaming;

/// <summary>Answers which pictures a tenant need not upload.</summary>
internal static class KnownImages
{
    /// <summary>The most pictures of one request.</summary>
    public const int MaxImages = 256;

    /// <summary>Looks all of them up.</summary>
    /// <exception cref="RequestException">There are too many, or one is malformed.</exception>
    public static HasImageReply LookUp(HasImageRequest request, Tenant tenant, ImageCache images)
    {
        if (request.Images.Count > MaxImages)
            throw RequestException.Invalid(RequestReason.BadRequest, $"The request names {request.Images.Count} pictures; at most {MaxImages} are accepted.");
        return new HasImageReply { Known = { request.Images.Select((image, index) => images.Contains(KeyOf(image, index, tenant))) } };
    }

    private static ImageKey KeyOf(ImageDigest image, int index, Tenant tenant)
    {
        if (image.Md5.Length != ImageKey.Md5Bytes || image.Sha256.Length != ImageKey.Sha256Bytes)
            throw RequestException.Invalid(RequestReason.BadRequest, $"Picture {index} of the request has an MD5 of {image.Md5.Length} and a SHA-256 of {image.Sha256.Length} bytes; {ImageKey.Md5Bytes} and {ImageKey.Sha256Bytes} are needed.");
        return new ImageKey(tenant, image.Md5.Span, image.Sha256.Span, image.TotalBytes);
    }
}
