using System.Text.Json;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

/// <summary>The text of a session that another node sent becomes a session of the application, or nothing if it is invalid.</summary>
[Trait("Rule", "G3")]
public sealed class SessionTextSpec
{
    [Fact]
    public void Comes_back_as_it_went() =>
        Assert.Equal("ann", SessionText.Parse(SessionText.Of(new TestSession("ann"), JsonSerializerOptions.Web), JsonSerializerOptions.Web)?.UserId);

    [Theory]
    [InlineData("")]
    [InlineData("|{}")]
    [InlineData("no bar")]
    [InlineData("No.Such.Type, Pikku.Akka.Tests|{}")]
    [InlineData("System.String|\"x\"")]
    [InlineData("[[[,|{}")]
    [InlineData("System.Collections.Generic.List`1[[|{}")]
    public void Anything_else_is_no_session(string text) => Assert.Null(SessionText.Parse(text, JsonSerializerOptions.Web));

    [Fact]
    public void Json_that_is_no_session_of_the_type_is_none() =>
        Assert.Null(SessionText.Parse($"{typeof(TestSession).AssemblyQualifiedName}|[1]", JsonSerializerOptions.Web));

    [Fact]
    public void No_assembly_is_loaded_because_a_text_names_it()
    {
        const string Unused = "Microsoft.AspNetCore.Mvc.TagHelpers";
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == Unused);

        Assert.Null(SessionText.Parse($"Microsoft.AspNetCore.Mvc.TagHelpers.AnchorTagHelper, {Unused}|{{}}", JsonSerializerOptions.Web));

        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == Unused);
    }
}
