using System.Reflection;
using QwenVl.Client;

namespace QwenVl.Tests.Architecture;

/// <summary>What a phone carries for the client library.</summary>
public sealed class ClientDependencyTests
{
    [Fact]
    public void The_client_needs_nothing_of_ASP_NET()
    {
        IEnumerable<string> web = Closure(typeof(QwenVlClient).Assembly).Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal));

        Assert.Empty(web);
    }

    [Fact]
    public void The_client_needs_nothing_of_the_server_and_of_building_engines()
    {
        IEnumerable<string> own = Closure(typeof(QwenVlClient).Assembly).Where(name => name.StartsWith("QwenVl.", StringComparison.Ordinal));

        Assert.Equal(["QwenVl.Client", "QwenVl.Model", "QwenVl.OnnxRuntime", "QwenVl.Protos"], own.Order());
    }

    [Theory]
    [InlineData("QwenVl.Client")]
    [InlineData("QwenVl.Model")]
    [InlineData("QwenVl.OnnxRuntime")]
    [InlineData("QwenVl.Protos")]
    public void What_the_client_needs_says_that_it_can_be_trimmed(string name)
    {
        // The build holds it to that: its trim and AOT analyses are errors.
        IEnumerable<AssemblyMetadataAttribute> metadata = Assembly.Load(name).GetCustomAttributes<AssemblyMetadataAttribute>();

        Assert.Contains(metadata, attribute => attribute is { Key: "IsTrimmable", Value: "True" });
    }

    private static HashSet<string> Closure(Assembly from)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>([from]);
        while (open.TryPop(out Assembly? assembly))
        {
            if (!found.Add(assembly.GetName().Name!)) continue;
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies().Where(reference => !found.Contains(reference.Name!)))
            {
                // What the compiler names but nobody ships, such as a platform's own, is not part of what is carried.
                try
                {
                    open.Push(Assembly.Load(reference));
                }
                catch (FileNotFoundException)
                {
                    found.Add(reference.Name!);
                }
            }
        }

        return found;
    }
}
