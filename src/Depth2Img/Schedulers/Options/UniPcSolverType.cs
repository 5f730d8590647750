namespace Depth2Img.Schedulers;

/// <summary>UniPC's function B(h) (`solver_type`; Zhao et al., 2023, section 3.1).</summary>
public enum UniPcSolverType
{
    /// <summary>B(h) = e^h - 1 (`bh2`), better for many steps and without guidance alike; the reference's default.</summary>
    Bh2,
    /// <summary>B(h) = h (`bh1`), for unconditional models and few steps.</summary>
    Bh1,
}
