// Judges the quizzes. Answers are read as in docs/quiz/src/answer.rs.
(() => {
    "use strict";

    const number = (text) => {
        let plain = text.trim().replaceAll("−", "-");
        if (!plain.includes(".")) plain = plain.replace(",", ".");
        return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
    };

    const shape = (text) => {
        if (text.trim() === "()") return "";
        const sizes = text.split(/[\s()[\],;xX×*]+/).filter((size) => size !== "");
        return sizes.length > 0 && sizes.every((size) => /^\d+$/.test(size)) ? sizes.map(Number).join(" ") : null;
    };

    // Whether the answer is right, or null if it is none; and what is said beyond that.
    const judge = (form) => {
        const { number: value, within, shape: sizes, choice } = form.dataset;
        const given = form.elements.answer.value;
        if (choice !== undefined) {
            const chosen = form.querySelector("input:checked");
            return chosen ? [given === choice, chosen.dataset.why ?? ""] : [null, "Please choose one."];
        }
        if (sizes !== undefined) {
            const read = shape(given);
            return read === null ? [null, "Please answer with a shape, such as (2, 3) or 2x3."] : [read === sizes, ""];
        }
        const read = number(given);
        if (read === null) return [null, "Please answer with a number, such as 0.25 or -3."];
        const allowed = Number(within) + 1e-9 * Math.max(Math.abs(Number(value)), 1);
        return [Math.abs(read - Number(value)) <= allowed, ""];
    };

    for (const quiz of document.querySelectorAll(".quiz")) {
        // The arrows choose an answer here; mdBook would turn the page.
        quiz.addEventListener("keydown", (event) => event.stopPropagation());
        const forms = quiz.querySelectorAll("form");
        const score = quiz.querySelector(".score");
        for (const form of forms) {
            form.querySelectorAll("[hidden]").forEach((part) => { part.hidden = false; });
            form.addEventListener("submit", (event) => {
                event.preventDefault();
                const [right, why] = judge(form);
                const verdict = { true: "Right.", false: "Not right.", null: "" }[right];
                form.querySelector("output").textContent = `${verdict} ${why}`.trim();
                if (right === null) return;
                form.dataset.is = right ? "right" : "wrong";
                if (right) form.querySelector("details").open = true;
                const all = quiz.querySelectorAll("[data-is=right]").length;
                score.textContent = `${all} of ${forms.length} right`;
                score.hidden = false;
            });
        }
    }
})();
