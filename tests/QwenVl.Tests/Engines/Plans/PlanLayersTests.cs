using QwenVl.Engines.Plans;

namespace QwenVl.Tests.Engines.Plans;

public sealed class PlanLayersTests
{
    [Fact]
    public void Layers_in_detail_have_types_and_shapes()
    {
        PlanLayer layer = Assert.Single(PlanLayers.Parse("""
            {"Layers": [{"Name": "block.0.MatMul + block.0.Add", "LayerType": "gemm", "Inputs": [],
              "Outputs": [{"Name": "y", "Location": "Device", "Dimensions": [-1,64], "Format/Datatype": "BFloat16"}], "TacticName": "t"}],
             "Bindings": ["x", "y"]}
            """));

        Assert.Equal(new PlanLayer("block.0.MatMul + block.0.Add", "gemm", "BFloat16 [-1,64]"), layer);
    }

    [Fact]
    public void Layers_that_are_names_alone_have_names() =>
        Assert.Equal([new PlanLayer("a", "", ""), new PlanLayer("b", "", "")], PlanLayers.Parse("""{"Layers": ["a", "b"], "Bindings": []}"""));

    [Fact]
    public void A_plan_that_tells_nothing_has_no_layers() => Assert.Empty(PlanLayers.Parse("{}"));
}
