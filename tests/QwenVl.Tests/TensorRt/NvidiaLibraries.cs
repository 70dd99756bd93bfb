using System.Diagnostics;
using QwenVl.TensorRt;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt;

/// <summary>
/// NVIDIA's libraries to test against, packed in the folder trt of the shared test data and unpacked once on a machine. Tests
/// skip, saying why, where they are missing.
/// </summary>
internal static class NvidiaLibraries
{
    private const string RtxFolder = "tensorrt-rtx-1.7.1";
    private const string TensorRt10Folder = "tensorrt-10.6.0";

    private static readonly string? Packed = Find();
    private static readonly Lazy<string?> LazyRtx = new(() => Unpack(RtxFolder));
    private static readonly Lazy<string?> LazyTensorRt10 = new(() => Unpack(TensorRt10Folder));
    private static readonly Lazy<TensorRtLibrary> LazyRtxLibrary = new(() => TensorRtLibrary.Load(new TensorRtOptions { Location = LazyRtx.Value }));
    private static readonly Lazy<TensorRtLibrary> LazyTensorRt10Library = new(() => TensorRtLibrary.Load(new TensorRtOptions { Location = LazyTensorRt10.Value }));

    /// <summary>TensorRT-RTX 1.7.1, which builds without a GPU.</summary>
    public static TensorRtLibrary Rtx => Required(LazyRtx, RtxFolder) is null ? null! : LazyRtxLibrary.Value;

    /// <summary>TensorRT 10.6, which makes nothing without a GPU.</summary>
    public static TensorRtLibrary TensorRt10 => Required(LazyTensorRt10, TensorRt10Folder) is null ? null! : LazyTensorRt10Library.Value;

    public static string RtxPath => Required(LazyRtx, RtxFolder)!;

    public static string TensorRt10Path => Required(LazyTensorRt10, TensorRt10Folder)!;

    /// <summary>A plan of TensorRT 10.6 for an H100.</summary>
    public static string DecoderPlan
    {
        get
        {
            string path = Path.Combine(Packed ?? "", TensorRt10Folder, "decoder-tiny.plan");
            Assert.SkipUnless(File.Exists(path), "The recorded plan is not here: put it in ../shared/trt or name its parent in QWENVL_SHARED.");
            return path;
        }
    }

    private static string? Required(Lazy<string?> folder, string name)
    {
        Assert.SkipWhen(Packed is null, "NVIDIA's libraries are not here: put them in ../shared/trt or name its parent in QWENVL_SHARED.");
        Assert.SkipWhen(folder.Value is null, $"{name} could not be unpacked: its files or the command xz are missing.");
        return folder.Value;
    }

    private static string? Find()
    {
        string shared = Environment.GetEnvironmentVariable("QWENVL_SHARED") ?? Path.Combine(RepositoryFolder.Root, "..", "shared");
        string folder = Path.GetFullPath(Path.Combine(shared, "trt"));
        return Directory.Exists(folder) ? folder : null;
    }

    /// <summary>Unpacks into a sibling and renames, so that another run never sees a half-written library.</summary>
    private static string? Unpack(string name)
    {
        string source = Path.Combine(Packed!, name);
        string target = Path.Combine(Path.GetTempPath(), $"qwenvl-tests-{name}");
        if (Directory.Exists(target)) return target;
        string[] files = Directory.Exists(source) ? Directory.GetFiles(source, "*.xz") : [];
        if (files.Length == 0) return null;
        string writing = Directory.CreateTempSubdirectory("qwenvl-tests-unpacking-").FullName;
        try
        {
            foreach (string file in files)
            {
                if (!Unpack(file, Path.Combine(writing, Path.GetFileNameWithoutExtension(file)))) return null;
            }

            Directory.Move(writing, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another run was first.
        }
        finally
        {
            if (Directory.Exists(writing)) Directory.Delete(writing, recursive: true);
        }

        return target;
    }

    private static bool Unpack(string file, string target)
    {
        try
        {
            using Process xz = Process.Start(new ProcessStartInfo("xz", ["--decompress", "--stdout", file]) { RedirectStandardOutput = true })!;
            using (FileStream output = File.Create(target)) xz.StandardOutput.BaseStream.CopyTo(output);
            xz.WaitForExit();
            return xz.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
